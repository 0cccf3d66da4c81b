using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Adclicks.Projections.Archive;

/// <summary>A line of the manifest: an entry of the ledger and the file with its clicks.</summary>
/// <param name="Hour">The hour of the entry.</param>
/// <param name="EntryHash">The hash of the entry, in hexadecimal like the others.</param>
/// <param name="File">Below the archive's folder; empty for an entry without clicks.</param>
/// <param name="Clicks">Rows of the file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its bytes; of none where there is no file.</param>
/// <param name="PreviousHash">The hash of the line before; zeros for the first.</param>
/// <param name="Hash">SHA-256 over the others: see <c>docs/billing.md</c>.</param>
public sealed record ManifestLine(string Hour, string EntryHash, string File, long Clicks, long Bytes, string Sha256, string PreviousHash, string Hash);

/// <summary>The manifest of an archive: <c>manifest.jsonl</c>, a line per entry, chained like the ledger.</summary>
public static class ArchiveManifest
{
    private const string Name = "manifest.jsonl";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What the first line gives for the one before.</summary>
    public static string Beginning { get; } = new('0', 64);

    /// <summary>The lines there are; a last one that was not written whole is left out.</summary>
    /// <exception cref="InvalidDataException">A line is none.</exception>
    public static async Task<IReadOnlyList<ManifestLine>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, Name);
        if (!System.IO.File.Exists(path)) return [];
        var text = await System.IO.File.ReadAllTextAsync(path, cancellationToken);
        var whole = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return [.. whole.Select(line => JsonSerializer.Deserialize<ManifestLine>(line, Json)!)];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Adds a line, on disk when it returns. What an interrupted one left is overwritten.</summary>
    public static async Task AppendAsync(string folder, ManifestLine line, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var existing = new byte[file.Length];
        await file.ReadExactlyAsync(existing, cancellationToken);
        file.SetLength(existing.AsSpan().LastIndexOf((byte)'\n') + 1);
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Json) + "\n"), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The hash of a line.</summary>
    public static string HashOf(ManifestLine line)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in new[] { line.PreviousHash, line.Hour, line.EntryHash, line.File, line.Sha256 }) AppendText(hash, text);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var value in new[] { line.Clicks, line.Bytes })
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.AppendData(number);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendText(IncrementalHash hash, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        hash.AppendData(length);
        hash.AppendData(utf8);
    }
}
