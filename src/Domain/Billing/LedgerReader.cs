namespace Adclicks.Domain.Billing;

/// <summary>Puts entries together from the events of the stream <c>billing</c>, in their order.</summary>
public sealed class LedgerReader
{
    private readonly List<EntryPart> _parts = [];

    /// <summary>Takes the next event. The entry it ends; null where it ends none.</summary>
    /// <param name="type">The event's.</param>
    /// <param name="data">Its payload.</param>
    /// <exception cref="FormatException">It is not what its type says.</exception>
    public LedgerEntry? Take(string type, ReadOnlySpan<byte> data)
    {
        if (type != LedgerEvents.HourClosed) return null;
        var part = LedgerEvents.Read(data);
        // Whoever began an entry and did not end it: what there is of it is void.
        if (part.Part == 1) _parts.Clear();
        if (part.Part != _parts.Count + 1 || (_parts.Count > 0 && _parts[0].Hash != part.Hash))
        {
            _parts.Clear();
            return null;
        }

        _parts.Add(part);
        if (part.Part < part.Parts) return null;
        var entry = EntryOf(part);
        _parts.Clear();
        return entry;
    }

    private LedgerEntry EntryOf(EntryPart last)
    {
        var hour = BillingHour.Parse(last.Hour);
        return new LedgerEntry
        {
            Hour = hour,
            ClosedThrough = BillingHour.Parse(last.ClosedThrough),
            ClosedAtMs = last.ClosedAtMs,
            ReferenceThrough = last.ReferenceThrough,
            Dedup = last.Dedup,
            After = last.After,
            Through = last.Through,
            RefusedEvents = last.RefusedEvents,
            Rows = [.. _parts.SelectMany(p => p.Rows).Select(r => r.ToRow(hour))],
            Adjustments = [.. _parts.SelectMany(p => p.Adjustments).Select(r => r.ToRow(hour))],
            ClicksHash = Convert.FromHexString(last.ClicksHash),
            AdjustmentsHash = Convert.FromHexString(last.AdjustmentsHash),
            PreviousHash = Convert.FromHexString(last.PreviousHash),
            Hash = Convert.FromHexString(last.Hash),
        };
    }
}
