namespace Adclicks.Projections.Archive;

/// <summary>Keeps copies of messages, many in one array, so that millions of them are few objects. For one thread.</summary>
internal sealed class MessagePool
{
    /// <summary>Below what makes an object a large one; a chunk is freed when the last message in it is.</summary>
    private const int ChunkBytes = 64 << 10;

    private Memory<byte> _free;

    /// <summary>A copy.</summary>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> message)
    {
        if (message.Length > _free.Length)
        {
            if (message.Length > ChunkBytes / 8) return message.ToArray();
            _free = new byte[ChunkBytes];
        }

        message.CopyTo(_free.Span);
        var copy = _free[..message.Length];
        _free = _free[message.Length..];
        return copy;
    }
}
