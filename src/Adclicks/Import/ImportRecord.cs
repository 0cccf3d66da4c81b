using System.Buffers.Binary;
using System.IO.Hashing;

namespace Adclicks.Import;

/// <summary>One record of a file: a line, or the lines of a CSV record.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Bytes">Its bytes, valid until the next one is read.</param>
internal readonly record struct ImportRecord(long Line, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>
    /// An id for the click of this record: a hash of its line number and bytes, as a UUID (version 8). The same line of the
    /// same file has the same id in every run, so that sending it again does not count it again.
    /// </summary>
    public Guid EventId()
    {
        var hash = new XxHash128();
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, Line);
        hash.Append(number);
        hash.Append(Bytes.Span);
        Span<byte> id = stackalloc byte[16];
        hash.GetCurrentHash(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
