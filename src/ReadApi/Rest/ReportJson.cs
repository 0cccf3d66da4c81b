using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Adclicks.ReadApi.Execution;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// Writes an answer as JSON: <c>{"generation": 1, "fresh_until": "…", "rows": [{"time": "…", "ad_id": "…", …}]}</c>, and
/// <c>next</c> where there is a further page. <c>complete</c> and <c>final_at</c> are about the whole range, and in a series
/// about each bucket. Times are in the zone asked for; UTC is written with a Z.
/// </summary>
internal static class ReportJson
{
    /// <summary>Stands before the name of a metric of the period compared with.</summary>
    public const string ComparedPrefix = "compared_";

    // Answers are never embedded in HTML; without this every non-ASCII city would be escaped.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole document.</summary>
    public static ReadOnlyMemory<byte> Write(ReportRequest request, ReportResult result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        json.WriteNumber("generation", result.Generation);
        if (result.FreshUntil is { } fresh) json.WriteString("fresh_until", Text(fresh.ToUniversalTime()));
        else json.WriteNull("fresh_until");
        WriteState(json, result.State);
        if (result.HasMore && request.Query.RankBy is null) json.WriteString("next", CursorParameter.After(result.Rows[^1]));
        WriteRows(json, request, result);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>An instant with its offset, to the second where it is whole seconds.</summary>
    public static string Text(DateTimeOffset time)
    {
        var format = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.fff";
        return time.ToString(time.Offset == TimeSpan.Zero ? format + "'Z'" : format + "zzz", CultureInfo.InvariantCulture);
    }

    private static void WriteRows(Utf8JsonWriter json, ReportRequest request, ReportResult result)
    {
        json.WriteStartArray("rows");
        foreach (var row in result.Rows)
        {
            json.WriteStartObject();
            if (row.Time is { } time) json.WriteString("time", Text(time));
            for (var i = 0; i < request.DimensionNames.Count; i++) json.WriteString(request.DimensionNames[i], row.Values[i]);
            foreach (var metric in request.Query.Metrics) json.WriteNumber(Queries.Metrics.Name(metric), row[metric]);
            if (row.Compared is { } compared)
            {
                foreach (var metric in request.Query.Metrics)
                    json.WriteNumber(ComparedPrefix + Queries.Metrics.Name(metric), compared[metric]);
            }

            if (row.Time is not null) WriteState(json, row.State);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteState(Utf8JsonWriter json, BucketState state)
    {
        json.WriteBoolean("complete", state.IsComplete);
        if (state.FinalAt is { } at) json.WriteString("final_at", Text(at.ToUniversalTime()));
        else json.WriteNull("final_at");
    }
}
