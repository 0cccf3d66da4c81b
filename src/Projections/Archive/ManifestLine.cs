using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adclicks.Projections.Archive;

/// <summary>A line of the manifest: a file of the archive.</summary>
/// <param name="Kind"><c>clicks</c>: the clicks of one entry of the ledger; <c>events</c>: the events of the log behind the entries since the line of this kind before.</param>
/// <param name="Hour">The hour of the entry; of events, of the last entry.</param>
/// <param name="EntryHash">The hash of that entry, in hexadecimal like the others.</param>
/// <param name="File">Its name below the archive; empty for an entry without clicks.</param>
/// <param name="Rows">Rows of the file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its bytes; of none where there is no file.</param>
/// <param name="PreviousHash">The hash of the line before; zeros for the first.</param>
/// <param name="Hash">SHA-256 over the others: see <c>docs/billing.md</c>.</param>
public sealed record ManifestLine(string Kind, string Hour, string EntryHash, string File, long Rows, long Bytes, string Sha256, string PreviousHash, string Hash)
{
    /// <summary>The kinds.</summary>
    public const string Clicks = "clicks", Events = "events";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What the first line gives for the one before.</summary>
    public static string Beginning { get; } = new('0', 64);

    /// <summary>Whether it is a line of clicks.</summary>
    [JsonIgnore]
    public bool IsClicks => Kind == Clicks;

    /// <summary>One that is not in a chain yet.</summary>
    public static ManifestLine Of(string kind, string hour, string entryHash, string file, long rows, ReadOnlySpan<byte> bytes) =>
        new(kind, hour, entryHash, file, rows, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), "", "");

    /// <summary>The line behind another.</summary>
    public ManifestLine After(string previousHash)
    {
        var line = this with { PreviousHash = previousHash };
        return line with { Hash = line.ComputeHash() };
    }

    /// <summary>What <see cref="Hash"/> must be.</summary>
    public string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in new[] { PreviousHash, Kind, Hour, EntryHash, File, Sha256 }) AppendText(hash, text);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var value in new[] { Rows, Bytes })
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.AppendData(number);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>As the manifest has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ManifestLine Parse(string json) =>
        JsonSerializer.Deserialize<ManifestLine>(json, Json) is { Kind: not null, Hour: not null, EntryHash: not null, File: not null, Sha256: not null, PreviousHash: not null, Hash: not null } line
            ? line : throw new JsonException("The line is not whole.");

    private static void AppendText(IncrementalHash hash, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        hash.AppendData(length);
        hash.AppendData(utf8);
    }
}
