using System.Globalization;
using System.Runtime.InteropServices;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Privacy;

namespace Adclicks.Ingestion.Writing;

/// <summary>What one commit appends to one partition.</summary>
internal sealed class PartitionBatch(int partition)
{
    private const long HourMs = 3_600_000;
    private readonly List<(PendingClicks Request, EncodedClick Click)> _clicks = [];
    private readonly HashSet<UInt128> _identities = [];
    private readonly Dictionary<long, int> _hours = [];
    private readonly Dictionary<string, int> _hoursByName = [];

    // Most clicks are of this hour.
    private (long Hour, string? Name) _named;

    public int Partition { get; } = partition;

    public string Stream { get; } = StreamNames.Clicks(partition);

    /// <summary>Clicks in it.</summary>
    public int Count => _clicks.Count;

    /// <summary>Of those that a client could send again, in order.</summary>
    public IReadOnlyCollection<UInt128> Identities => _identities;

    public void Add(in EncodedClick click, PendingClicks request)
    {
        _clicks.Add((request, click));
        if (click.Identity != default) _identities.Add(click.Identity);
    }

    /// <summary>Whether a click is in it already: two tries of a client in one commit.</summary>
    public bool Has(UInt128 identity) => identity != default && _identities.Contains(identity);

    public void Clear()
    {
        _clicks.Clear();
        _identities.Clear();
    }

    /// <summary>The clicks packed into as few events as the limits allow. Nothing of it is shared with the requests.</summary>
    public StreamAppend ToAppend(IngestionOptions options, long referenceRevision, DateTimeOffset now)
    {
        var events = new List<EventData>(1);
        for (var start = 0; start < _clicks.Count;)
        {
            var (count, bytes) = Measure(start, options);
            events.Add(Pack(CollectionsMarshal.AsSpan(_clicks).Slice(start, count), bytes, options.Node, referenceRevision, now));
            start += count;
        }

        return new StreamAppend(Stream, ExpectedRevision.Any, events);
    }

    private (int Count, int Bytes) Measure(int start, IngestionOptions options)
    {
        var count = 0;
        var bytes = 0;
        while (start + count < _clicks.Count && count < options.MaxClicksPerEvent)
        {
            var next = _clicks[start + count].Click.Length;
            if (count > 0 && bytes + next > options.MaxBytesPerEvent) break;
            bytes += next;
            count++;
        }

        return (count, bytes);
    }

    private EventData Pack(ReadOnlySpan<(PendingClicks Request, EncodedClick Click)> clicks, int bytes, string node, long referenceRevision, DateTimeOffset now)
    {
        var payload = GC.AllocateUninitializedArray<byte>(bytes);
        _hours.Clear();
        _hoursByName.Clear();
        var at = 0;
        foreach (ref readonly var entry in clicks)
        {
            entry.Request.BytesOf(entry.Click).CopyTo(payload.AsSpan(at));
            at += entry.Click.Length;
            CollectionsMarshal.GetValueRefOrAddDefault(_hours, entry.Click.ClickedAtMs / HourMs, out _)++;
        }

        foreach (var (hour, count) in _hours) _hoursByName.Add(NameOf(hour), count);
        var metadata = new ClicksRecordedMetadata(ClicksRecorded.SchemaVersion, node, referenceRevision, clicks[0].Request.CorrelationId, clicks.Length, _hoursByName);
        return new EventData(RandomBytes.NewUuid(now), ClicksRecorded.EventType, payload, metadata.ToJson());
    }

    private string NameOf(long hour)
    {
        if (_named.Hour != hour || _named.Name is null)
            _named = (hour, DateTimeOffset.FromUnixTimeMilliseconds(hour * HourMs).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture));
        return _named.Name;
    }
}
