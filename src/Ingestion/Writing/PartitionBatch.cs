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
    private readonly List<EncodedClick> _clicks = [];
    private readonly HashSet<UInt128> _identities = [];
    private readonly Dictionary<long, int> _hours = [];

    // Most clicks are of this hour.
    private (long Hour, string? Name) _named;
    private string _correlationId = "";

    public int Partition { get; } = partition;

    public string Stream { get; } = StreamNames.Clicks(partition);

    public IReadOnlyList<EncodedClick> Clicks => _clicks;

    public void Add(in EncodedClick click, string correlationId)
    {
        if (_clicks.Count == 0) _correlationId = correlationId;
        _clicks.Add(click);
        if (click.Identity != default) _identities.Add(click.Identity);
    }

    /// <summary>Whether a click is in it already: two tries of a client in one commit.</summary>
    public bool Has(UInt128 identity) => identity != default && _identities.Contains(identity);

    public void Clear()
    {
        _clicks.Clear();
        _identities.Clear();
    }

    /// <summary>The clicks packed into as few events as the limits allow.</summary>
    public StreamAppend ToAppend(IngestionOptions options, long referenceRevision, TimeProvider time)
    {
        var events = new List<EventData>();
        for (var start = 0; start < _clicks.Count;)
        {
            var (count, bytes) = Measure(start, options);
            events.Add(Pack(CollectionsMarshal.AsSpan(_clicks).Slice(start, count), bytes, options.Node, referenceRevision, time.GetUtcNow()));
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
            var next = _clicks[start + count].Encoded.Length;
            if (count > 0 && bytes + next > options.MaxBytesPerEvent) break;
            bytes += next;
            count++;
        }

        return (count, bytes);
    }

    private EventData Pack(ReadOnlySpan<EncodedClick> clicks, int bytes, string node, long referenceRevision, DateTimeOffset now)
    {
        var payload = new byte[bytes];
        _hours.Clear();
        var at = 0;
        foreach (ref readonly var click in clicks)
        {
            click.Encoded.CopyTo(payload, at);
            at += click.Encoded.Length;
            CollectionsMarshal.GetValueRefOrAddDefault(_hours, click.ClickedAtMs / HourMs, out _)++;
        }

        var hours = new Dictionary<string, int>(_hours.Count);
        foreach (var (hour, count) in _hours) hours.Add(NameOf(hour), count);
        var metadata = new ClicksRecordedMetadata(ClicksRecorded.SchemaVersion, node, referenceRevision, _correlationId, clicks.Length, hours);
        return new EventData(RandomBytes.NewUuid(now), ClicksRecorded.EventType, payload, metadata.ToJson());
    }

    private string NameOf(long hour)
    {
        if (_named.Hour != hour || _named.Name is null)
            _named = (hour, DateTimeOffset.FromUnixTimeMilliseconds(hour * HourMs).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture));
        return _named.Name;
    }
}
