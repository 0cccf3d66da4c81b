using System.IO.Compression;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Unpacks gzip, of one member or several, to its very end. By itself, <see cref="GZipStream"/> takes what was cut off for what has
/// ended, and reads over what stands behind the last member.
/// </summary>
/// <exception cref="InvalidDataException">It is no gzip, or not all of it, or there is more behind it.</exception>
/// <exception cref="BodyFaultException">It is larger, packed, than it may be unpacked.</exception>
internal sealed class WholeGzip : ReadOnlyStream
{
    private readonly GzipMembers _packed;
    private readonly GZipStream _unpacked;

    /// <param name="packed">Stays open.</param>
    /// <param name="maxBytes">Read of it.</param>
    public WholeGzip(Stream packed, int maxBytes)
    {
        _packed = new(packed, maxBytes);
        _unpacked = new(_packed, CompressionMode.Decompress, leaveOpen: true);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _unpacked.ReadAsync(buffer, cancellationToken);
        _packed.AddUnpacked(buffer.Span[..read]);
        if (read == 0 && buffer.Length > 0 && !_packed.HasEnded) throw new InvalidDataException("The gzip is not whole.");
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await _unpacked.DisposeAsync();
        await _packed.DisposeAsync();
        await base.DisposeAsync();
    }
}
