namespace Adclicks.Import;

/// <summary>Reads a file line by line, as bytes.</summary>
internal sealed class LineReader(Stream file)
{
    /// <summary>The longest line, in bytes. Of a longer one, this many and one more are returned and the rest is skipped.</summary>
    public const int MaxLineBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[2 * MaxLineBytes];
    private int _start;
    private int _end;
    private bool _inRestOfLongLine;

    /// <summary>The number of the line last read, from 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Bytes of the file read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next line without its end, valid until the next call; null at the end of the file.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length < 0 && _end - _start <= MaxLineBytes && await FillAsync(cancellationToken)) continue;
            if (length < 0 && _start == _end) return null;

            var ends = length >= 0;
            var start = _start;
            length = ends ? length : Math.Min(_end - _start, MaxLineBytes + 1);
            _start = Math.Min(_end, _start + length + (ends ? 1 : 0));
            var isRest = _inRestOfLongLine;
            _inRestOfLongLine = !ends && length > MaxLineBytes;
            if (isRest) continue;

            LineNumber++;
            if (length > 0 && _buffer[start + length - 1] == '\r') length--;
            return _buffer.AsMemory(start, length);
        }
    }

    /// <summary>Reads on into the buffer; false at the end of the file.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await file.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        BytesRead += read;
        return read > 0;
    }
}
