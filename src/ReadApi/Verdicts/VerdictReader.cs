using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.ReadApi.Verdicts;

/// <summary>Adds up the table <c>verdicts</c> of the active generation over its lanes.</summary>
internal sealed class VerdictReader(ReportReader reports, ReadDatabase database, Generations generations, IOptions<ReadApiOptions> options)
{
    /// <summary>Answers a question.</summary>
    /// <exception cref="ReportQueryException">The answer has too many rows.</exception>
    /// <exception cref="ReportTimeoutException">The database took longer than the time-out.</exception>
    /// <exception cref="ReportUnavailableException">There is no database, or nothing in it yet.</exception>
    public Task<VerdictReport> ReadAsync(VerdictQuery query, CancellationToken cancellationToken) => reports.GuardAsync(async () =>
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var generation = await generations.ActiveAsync(connection, cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Generations.FreshnessCommand(generation), Command(query, generation) } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var fresh = Generations.FreshUntil(reader);
        await reader.NextResultAsync(cancellationToken);
        var rows = new List<VerdictRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new VerdictRow(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1), reader.GetInt64(2)));
        return rows.Count <= options.Value.MaxRows
            ? new VerdictReport(generation, fresh, rows)
            : throw new ReportQueryException("start_time", $"The answer has more than {options.Value.MaxRows} rows; ask for a shorter range, or by day.");
    }, cancellationToken);

    private NpgsqlBatchCommand Command(VerdictQuery query, int generation)
    {
        var bucket = query.Granularity == Granularity.Day ? "date_trunc('day', bucket, 'UTC')" : "bucket";
        return new($"""
            SELECT {bucket}, verdict, sum(clicks)::bigint FROM adclicks_g{generation}.verdicts WHERE bucket >= $1 AND bucket < $2
            GROUP BY 1, 2 ORDER BY 1, verdict COLLATE "C" LIMIT $3
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = query.From.UtcDateTime },
                new NpgsqlParameter<DateTime> { TypedValue = query.To.UtcDateTime },
                new NpgsqlParameter<long> { TypedValue = options.Value.MaxRows + 1L },
            },
        };
    }
}
