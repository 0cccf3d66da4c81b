using System.Buffers.Binary;
using Adclicks.Domain.Sketches;

namespace Adclicks.Domain.Rollups;

/// <summary>Makes a <see cref="SketchColumn"/> row by row.</summary>
public sealed class SketchColumnBuilder
{
    private readonly SketchBuilder _row = new();
    private readonly List<int> _ends = [];
    private byte[] _body = new byte[16 * 1024];
    private int _length;
    private bool _isOneEach = true;

    /// <summary>The row that is being made: add to it, then call <see cref="EndRow"/>.</summary>
    public SketchBuilder Row => _row;

    /// <summary>Enough room for the column.</summary>
    public int MaxBytes => 1 + (_ends.Count * SketchColumn.Long) + _length;

    /// <summary>The next row.</summary>
    public void EndRow()
    {
        if (_length + SketchBuilder.MaxBytes > _body.Length) Array.Resize(ref _body, _body.Length * 2);
        var bytes = _row.Take(_body.AsSpan(_length), out var isFormat);
        _length += bytes;
        _isOneEach &= bytes == sizeof(ulong) && !isFormat;
        _ends.Add((_length << 1) | (isFormat ? 1 : 0));
    }

    /// <summary>A row that has its bytes already.</summary>
    public void AddRow(ReadOnlySpan<byte> bytes, bool isFormat)
    {
        if (_length + bytes.Length > _body.Length) Array.Resize(ref _body, Math.Max(_body.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_body.AsSpan(_length));
        _length += bytes.Length;
        _isOneEach &= bytes.Length == sizeof(ulong) && !isFormat;
        _ends.Add((_length << 1) | (isFormat ? 1 : 0));
    }

    /// <summary>Writes the column and returns its length.</summary>
    public int Pack(Span<byte> destination)
    {
        var body = _body.AsSpan(0, _length);
        destination[0] = _length == 0 ? SketchColumn.Empty : _isOneEach ? SketchColumn.OneEach : _ends[^1] <= ushort.MaxValue ? SketchColumn.Short : SketchColumn.Long;
        var at = 1;
        if (destination[0] == SketchColumn.Short)
        {
            foreach (var end in _ends) BinaryPrimitives.WriteUInt16LittleEndian(destination[at..(at += SketchColumn.Short)], (ushort)end);
        }
        else if (destination[0] == SketchColumn.Long)
        {
            foreach (var end in _ends) BinaryPrimitives.WriteInt32LittleEndian(destination[at..(at += SketchColumn.Long)], end);
        }

        body.CopyTo(destination[at..]);
        return at + _length;
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _ends.Clear();
        _length = 0;
        _isOneEach = true;
    }
}
