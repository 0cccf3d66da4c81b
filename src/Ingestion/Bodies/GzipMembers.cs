using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Gzip on its way to be unpacked, which knows when it stands at the end of a member: where the last eight bytes are the checksum and
/// the length of all that was unpacked since the last such place (RFC 1952, section 2.3.1). Whoever unpacks asks for more only when
/// all that came before is out, so every request is such a place, or none; each member is handed out in a piece of its own.
/// </summary>
internal sealed class GzipMembers(Stream packed, int maxBytes) : ReadOnlyStream
{
    private const int BufferBytes = 8 << 10, TrailerBytes = 8, MinMemberBytes = 18;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private readonly Crc32 _checksum = new();
    private uint _unpackedBytes;
    private ulong _lastBytes;
    private long _memberBytes, _totalBytes;
    private int _start, _end;

    /// <summary>All of it was asked for, and it ended with a member.</summary>
    public bool HasEnded { get; private set; }

    private static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 0x08];

    /// <summary>What came out of it.</summary>
    public void AddUnpacked(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        _unpackedBytes += (uint)bytes.Length;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await packed.ReadAsync(_buffer, cancellationToken);
            _totalBytes += _end;
            if (_totalBytes > maxBytes) throw new BodyFaultException(BodyFault.TooLarge(maxBytes));
        }

        if (IsAtEndOfMember()) BeginMember();
        HasEnded = _start == _end && _totalBytes > 0 && _memberBytes == 0;
        return HandOut(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) ArrayPool<byte>.Shared.Return(_buffer);
        base.Dispose(disposing);
    }

    private bool IsAtEndOfMember() =>
        _memberBytes >= MinMemberBytes && _lastBytes >> 32 == _unpackedBytes && (uint)_lastBytes == _checksum.GetCurrentHashAsUInt32();

    private void BeginMember()
    {
        _checksum.Reset();
        _unpackedBytes = 0;
        _memberBytes = 0;
    }

    private int HandOut(Span<byte> buffer)
    {
        var piece = Piece(_buffer.AsSpan(_start, Math.Min(_end - _start, buffer.Length)));
        piece.CopyTo(buffer);
        _start += piece.Length;
        _memberBytes += piece.Length;
        if (piece.Length >= TrailerBytes) _lastBytes = BinaryPrimitives.ReadUInt64LittleEndian(piece[^TrailerBytes..]);
        else
        {
            foreach (var value in piece) _lastBytes = (_lastBytes >> 8) | ((ulong)value << 56);
        }

        return piece.Length;
    }

    /// <summary>As far as another member may begin.</summary>
    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return bytes;
        var next = bytes[1..].IndexOf(Magic);
        if (next >= 0) return bytes[..(next + 1)];
        for (var length = Magic.Length - 1; length > 0; length--)
        {
            if (bytes.Length > length && bytes.EndsWith(Magic[..length])) return bytes[..^length];
        }

        return bytes;
    }
}
