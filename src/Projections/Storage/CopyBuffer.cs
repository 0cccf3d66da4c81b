using System.Buffers;
using System.Buffers.Binary;
using Adclicks.Domain.Rollups;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Encodes rows in PostgreSQL's binary COPY format and sends them in large writes. Every value is a length in front of
/// its bytes, big-endian throughout.
/// </summary>
internal sealed class CopyBuffer : IAsyncDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private const long PostgresEpochMinutes = 15_778_080; // 1970-01-01 to 2000-01-01

    private readonly Stream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes * 2);
    private int _length;

    private CopyBuffer(Stream stream) => _stream = stream;

    /// <summary>Bytes sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether enough has gathered for <see cref="SendAsync"/>.</summary>
    public bool IsFull => _length >= ChunkBytes;

    public static async Task<CopyBuffer> BeginAsync(NpgsqlConnection connection, string copyCommand, CancellationToken cancellationToken)
    {
        var copy = new CopyBuffer(await connection.BeginRawBinaryCopyAsync(copyCommand, cancellationToken));
        copy.WriteHeader();
        return copy;
    }

    public void StartRow(int columns) => Write16((short)columns);

    /// <summary>A <c>timestamptz</c>.</summary>
    public void Time(int minutesSinceUnixEpoch)
    {
        Write32(8);
        Write64((minutesSinceUnixEpoch - PostgresEpochMinutes) * 60_000_000);
    }

    public void Int16(short value)
    {
        Write32(2);
        Write16(value);
    }

    public void Int32(int value)
    {
        Write32(4);
        Write32(value);
    }

    public void Int64(long value)
    {
        Write32(8);
        Write64(value);
    }

    /// <summary>A <c>bytea</c> that is written in place.</summary>
    /// <param name="block">Of which a column.</param>
    /// <param name="column">Which.</param>
    public void Bytea(BlockBuilder block, int column)
    {
        var room = block.MaxBytes(column);
        var at = _length;
        Take(sizeof(int) + room);
        var length = block.Pack(column, _buffer.AsSpan(at + sizeof(int), room));
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(at), length);
        _length = at + sizeof(int) + length;
    }

    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        Bytes += _length;
        _length = 0;
    }

    /// <summary>Ends the COPY. Disposing without it aborts the COPY.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        Write16(-1);
        await SendAsync(cancellationToken);
        await _stream.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        await _stream.DisposeAsync();
    }

    private void WriteHeader()
    {
        ReadOnlySpan<byte> signature = [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0];
        signature.CopyTo(Take(signature.Length));
        Write32(0);
        Write32(0);
    }

    private void Write16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    private void Write32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    private void Write64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    private Span<byte> Take(int bytes)
    {
        if (_length + bytes > _buffer.Length) Grow(bytes);
        var span = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return span;
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
