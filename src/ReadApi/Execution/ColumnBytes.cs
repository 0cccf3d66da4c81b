using System.Buffers;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>Reads one long column after the other into the same place: an array for each would be megabytes of garbage a question.</summary>
internal sealed class ColumnBytes : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(64 * 1024);

    /// <summary>A column of the row that a reader is at, until the next one is read.</summary>
    public ReadOnlySpan<byte> Read(NpgsqlDataReader reader, int column)
    {
        var length = (int)reader.GetBytes(column, 0, null, 0, 0);
        if (_bytes.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(length);
        }

        return _bytes.AsSpan(0, (int)reader.GetBytes(column, 0, _bytes, 0, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
