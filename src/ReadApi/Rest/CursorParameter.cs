using System.Buffers.Text;
using System.Text.Json;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// Where the next page begins: the time and the values of the last row given, as JSON in base64url. It names a place,
/// not a number of rows, so clicks that come in between neither repeat nor skip a row.
/// </summary>
internal static class CursorParameter
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The cursor after a row.</summary>
    public static string After(ReportRow row) => Base64Url.EncodeToString(
        JsonSerializer.SerializeToUtf8Bytes<string?[]>([row.Time is { } time ? ReportJson.Text(time) : null, .. row.Values]));

    /// <summary>Reads a cursor; null where absent.</summary>
    public static ReportPosition? Cursor(this ReportParameters parameters, string name)
    {
        if (parameters.Text(name) is not { } text) return null;
        try
        {
            if (text.Length > MaxLength) throw new FormatException();
            var parts = JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(text)) ?? throw new FormatException();
            if (parts.Length == 0 || parts.Skip(1).Contains(null)) throw new FormatException();
            DateTimeOffset? time = parts[0] is { } at
                ? DateTimeOffset.ParseExact(at, ["yyyy-MM-dd'T'HH:mm:ssK"], null, System.Globalization.DateTimeStyles.None)
                : null;
            return new ReportPosition(time, [.. parts.Skip(1).OfType<string>()]);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new ReportQueryException(name, "This is not a cursor that an answer gave.");
        }
    }
}
