using System.Text.Json;
using Adclicks.EventStore.EventStoreDb.Protos;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

internal enum StoreOutcome
{
    Done,
    WrongExpected,
    Deleted,
}

/// <summary>The streams of the double, in memory, with the server's rules for expected revisions and retention.</summary>
/// <param name="forgetsIds">
/// Whether an unconditional append of events that are there stores them again, as at a server whose cache of ids has
/// moved on.
/// </param>
internal sealed class DoubleStore(bool forgetsIds = false)
{
    public const long Any = -2;
    public const long NoStream = -1;
    public const long StreamExists = -4;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Content> _streams = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Completes at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    public (StoreOutcome Outcome, long Revision) Append(string stream, long expected, IReadOnlyList<ProposedMessage> messages)
    {
        lock (_lock)
        {
            var content = Of(stream);
            if (content.Tombstoned)
                return (StoreOutcome.Deleted, -1);
            if (AlreadyThere(content, expected, messages) is { } there)
                return (StoreOutcome.Done, there);
            if (!IsMet(content, expected))
                return (StoreOutcome.WrongExpected, content.Exists ? content.Last : -1);
            if (content.Deleted)
                Revive(stream, content);
            foreach (var message in messages)
                content.Events.Add(Record(stream, content.Events.Count, message));
            (_changed, var before) = (NewSignal(), _changed);
            before.SetResult();
            return (StoreOutcome.Done, content.Last);
        }
    }

    public (StoreOutcome Outcome, long Revision) Delete(string stream, long expected, bool forGood)
    {
        lock (_lock)
        {
            var content = Of(stream);
            if (content.Tombstoned)
                return (StoreOutcome.Deleted, -1);
            if (!IsMet(content, expected))
                return (StoreOutcome.WrongExpected, content.Exists ? content.Last : -1);
            content.Tombstoned = forGood;
            content.TruncateBefore = content.Events.Count;
            content.Deleted = true;
            return (StoreOutcome.Done, content.Last);
        }
    }

    /// <summary>The events that retention leaves, and the last revision; null for no such stream.</summary>
    public (IReadOnlyList<RecordedMessage> Events, long Last)? Visible(string stream, out bool tombstoned)
    {
        lock (_lock)
        {
            var content = Of(stream);
            tombstoned = content.Tombstoned;
            if (!content.Exists || content.Tombstoned)
                return null;
            var (maxAge, maxCount, truncateBefore) = Retention(stream);
            var first = Math.Max(content.TruncateBefore, truncateBefore ?? 0);
            if (maxCount is { } count)
                first = Math.Max(first, content.Events.Count - count);
            var oldest = maxAge is { } seconds ? (DateTimeOffset.UtcNow.AddSeconds(-seconds) - DateTimeOffset.UnixEpoch).Ticks : 0;
            return ([.. content.Events.Skip((int)Math.Min(first, int.MaxValue)).Where(e => Created(e) >= oldest)], content.Last);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Content Of(string stream) => _streams.TryGetValue(stream, out var content) ? content : _streams[stream] = new Content();

    private static bool IsMet(Content content, long expected) => expected switch
    {
        Any => true,
        StreamExists => content.Exists,
        NoStream => !content.Exists,
        _ => content.Exists && content.Last == expected,
    };

    /// <summary>The revision that the same events already have where these would go; anywhere for an append without expectation.</summary>
    private long? AlreadyThere(Content content, long expected, IReadOnlyList<ProposedMessage> messages)
    {
        if (messages.Count == 0 || (forgetsIds && expected is Any or StreamExists))
            return null;
        var at = expected is Any or StreamExists
            ? content.Events.FindIndex(e => e.Id.Equals(messages[0].Id))
            : (int)expected + 1;
        if (at < 0 || at + messages.Count > content.Events.Count)
            return null;
        return messages.Select((m, i) => content.Events[at + i].Id.Equals(m.Id)).All(same => same) ? at + messages.Count - 1 : null;
    }

    private void Revive(string stream, Content content)
    {
        content.Deleted = false;
        content.TruncateBefore = content.Events.Count;
        _ = Of("$$" + stream);
    }

    private (long? MaxAge, long? MaxCount, long? TruncateBefore) Retention(string stream)
    {
        if (!_streams.TryGetValue("$$" + stream, out var metadata) || metadata.Events.Count == 0)
            return default;
        using var json = JsonDocument.Parse(metadata.Events[^1].Data.Memory);
        long? Number(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetInt64() : null;
        return (Number("$maxAge"), Number("$maxCount"), Number("$tb"));
    }

    private static long Created(RecordedMessage message) =>
        long.Parse(message.Metadata["created"], System.Globalization.CultureInfo.InvariantCulture);

    private static RecordedMessage Record(string stream, int revision, ProposedMessage message)
    {
        var created = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks;
        return new RecordedMessage
        {
            Id = message.Id,
            StreamIdentifier = new StreamIdentifier { StreamName = Google.Protobuf.ByteString.CopyFromUtf8(stream) },
            StreamRevision = (ulong)revision,
            Metadata = { message.Metadata, { "created", created.ToString(System.Globalization.CultureInfo.InvariantCulture) } },
            Data = message.Data,
            CustomMetadata = message.CustomMetadata,
        };
    }

    private sealed class Content
    {
        public List<RecordedMessage> Events { get; } = [];

        public bool Tombstoned { get; set; }

        public bool Deleted { get; set; }

        public long TruncateBefore { get; set; }

        public long Last => Events.Count - 1;

        public bool Exists => Events.Count > 0 && !Deleted;
    }
}
