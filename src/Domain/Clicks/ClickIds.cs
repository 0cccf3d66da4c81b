namespace Adclicks.Domain.Clicks;

/// <summary>Walks the event ids of a payload, in order, without reading anything else of the clicks. Malformed bytes throw <see cref="FormatException"/>.</summary>
public ref struct ClickIds(ReadOnlySpan<byte> payload)
{
    private WireReader _reader = new(payload);

    /// <summary>The id last moved to, in UTF-8.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly ClickIds GetEnumerator() => this;

    /// <summary>Moves to the next click; false at the end.</summary>
    public bool MoveNext()
    {
        while (!_reader.AtEnd)
        {
            var field = _reader.Tag(out var wireType);
            if (field != 1 || wireType != 2)
            {
                _reader.Skip(wireType);
                continue;
            }

            Current = IdOf(_reader.Bytes());
            return true;
        }

        return false;
    }

    /// <summary>Writers put it first.</summary>
    private static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> click)
    {
        var reader = new WireReader(click);
        return !reader.AtEnd && reader.Tag(out var wireType) == (int)ClickField.EventId && wireType == 2 ? reader.Bytes() : ClickView.Parse(click).EventId;
    }
}
