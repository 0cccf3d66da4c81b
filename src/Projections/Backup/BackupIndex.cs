using System.Security.Cryptography;
using System.Text.Json;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Backup;

/// <summary>What a backup consists of: <c>backup.json</c>, written last. Without it there is no backup.</summary>
/// <param name="Layout">1.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="Partitions">Of the log.</param>
/// <param name="Archive">The archive that has the clicks which are not in the backup; null where it has all.</param>
/// <param name="LedgerHash">The head of the ledger's chain; null before its first entry.</param>
/// <param name="Streams">Per stream the first revision in the backup, and the last; −1 for none.</param>
/// <param name="Files">All other objects.</param>
public sealed record BackupIndex(
    int Layout, DateTimeOffset CreatedAt, int Partitions, string? Archive, string? LedgerHash, IReadOnlyDictionary<string, StreamRange> Streams, IReadOnlyList<BackupFile> Files)
{
    private const string Name = "backup.json";
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The index of a backup; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static async Task<BackupIndex?> ReadAsync(IArchiveStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(Name, cancellationToken) is { } bytes ? JsonSerializer.Deserialize<BackupIndex>(bytes, Json) : null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{store.Location}: {Name}: {e.Message}", e);
        }
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">There is a backup already.</exception>
    public async Task WriteAsync(IArchiveStore store, CancellationToken cancellationToken)
    {
        if (!await store.TryCreateAsync(Name, JsonSerializer.SerializeToUtf8Bytes(this, Json), cancellationToken)) throw new IOException($"There is a backup in {store.Location} already.");
    }
}

/// <summary>Revisions of a stream.</summary>
/// <param name="First">The first; where there are none, the one to come.</param>
/// <param name="Last">The last.</param>
public sealed record StreamRange(long First, long Last);

/// <summary>An object of a backup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
public sealed record BackupFile(string Name, long Bytes, string Sha256)
{
    /// <summary>Writes an object, and reads it back.</summary>
    /// <exception cref="IOException">It does not read as it was written.</exception>
    public static async Task<BackupFile> WriteAsync(IArchiveStore store, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        await store.WriteAsync(name, bytes, cancellationToken);
        if (await store.ReadAsync(name, cancellationToken) is not { } back || !back.AsSpan().SequenceEqual(bytes)) throw new IOException($"{store.Location}: {name} does not read as it was written.");
        return new BackupFile(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>Its bytes.</summary>
    /// <exception cref="InvalidDataException">They are missing or changed.</exception>
    public async Task<byte[]> ReadAsync(IArchiveStore store, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadAsync(Name, cancellationToken) ?? throw new InvalidDataException($"{store.Location}: {Name} is missing.");
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == Sha256 ? bytes : throw new InvalidDataException($"{store.Location}: {Name} was changed.");
    }
}
