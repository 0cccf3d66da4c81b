using System.Buffers.Binary;
using System.Text;

namespace Adclicks.Domain.Billing;

/// <summary>
/// Writes what the ledger's hashes are over: numbers as 8 bytes, texts and bytes with their length (4 bytes) in front;
/// little-endian, texts in UTF-8. The layouts are in <c>docs/billing.md</c>.
/// </summary>
internal sealed class CanonicalWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Number(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Text(ReadOnlySpan<byte> utf8)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), utf8.Length);
        Raw(utf8);
    }

    public void Text(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), size);
        Encoding.UTF8.GetBytes(text, Take(size));
    }

    /// <summary>Without a length: for what always has the same.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int size)
    {
        if (_length + size > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        _length += size;
        return _buffer.AsSpan(_length - size, size);
    }
}
