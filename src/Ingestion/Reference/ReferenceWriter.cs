using System.Text.Json;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using MediatR;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Reference;

/// <summary>
/// Carries out the commands on reference data: decides on the state that this node has applied, and appends only if the
/// stream still ends there. Where somebody else came first, it waits for their event and decides anew. Commands of one
/// node take turns, so that only other nodes can come between.
/// </summary>
public sealed class ReferenceWriter(IEventLog log, ReferenceFeed feed, IOptions<ReferenceWriteOptions> options, TimeProvider time)
    : IRequestHandler<DefineItem, WriteOutcome>, IRequestHandler<RemoveItem, WriteOutcome>, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private int _waiting;

    /// <inheritdoc/>
    public Task<WriteOutcome> Handle(DefineItem request, CancellationToken cancellationToken) =>
        TakeTurnAsync(ReferenceChange.Define(request.Item), request.Precondition, request.Author, cancellationToken);

    /// <inheritdoc/>
    public Task<WriteOutcome> Handle(RemoveItem request, CancellationToken cancellationToken) =>
        TakeTurnAsync(ReferenceChange.Remove(request.Kind, request.Id), request.Precondition, request.Author, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Who made the change that an event records; empty where it does not say.</summary>
    internal static string AuthorOf(RecordedEvent recorded)
    {
        try
        {
            return recorded.Metadata.IsEmpty ? "" : JsonSerializer.Deserialize(recorded.Metadata.Span, ReferenceHttpJson.Default.ChangeMetadata)?.By ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private async Task<WriteOutcome> TakeTurnAsync(ReferenceChange change, Precondition precondition, Author author, CancellationToken cancellationToken)
    {
        if (!feed.Ready.IsCompletedSuccessfully) throw new EventLogUnavailableException("The reference data is not loaded yet.");
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxWaiting)
                throw new EventLogUnavailableException("Too many commands on reference data are waiting.");
            await _turn.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return await WriteAsync(change, precondition, author, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<WriteOutcome> WriteAsync(ReferenceChange change, Precondition precondition, Author author, CancellationToken cancellationToken)
    {
        var recorded = new EventData(
            Guid.CreateVersion7(time.GetUtcNow()),
            ReferenceEvents.TypeOf(change),
            ReferenceEvents.ToJson(change),
            JsonSerializer.SerializeToUtf8Bytes(
                new ChangeMetadata(ReferenceEvents.SchemaVersion, author.Name, author.CorrelationId, author.KeyId, author.Role), ReferenceHttpJson.Default.ChangeMetadata),
            IsJson: true);
        for (var attempt = 0; attempt < options.Value.MaxAttempts; attempt++)
        {
            var view = feed.History.Current;
            var decision = Decide(view, change, precondition, recorded.Data);
            if (decision.Result is not (WriteResult.Created or WriteResult.Changed or WriteResult.Removed)) return decision;
            var appended = await log.AppendAsync(StreamNames.Reference, ExpectedRevision.After(view.Revision), [recorded], cancellationToken);
            if (appended.Outcome is not (AppendOutcome.Appended or AppendOutcome.WrongExpectedRevision))
                throw new EventLogUnavailableException($"The log refused the change: {appended.Outcome}.");
            await ApplyAsync(appended, cancellationToken);
            if (appended.Succeeded) return decision with { Revision = change.Item is null ? -1 : appended.Revision };
        }

        return new(WriteResult.Contended, -1);
    }

    /// <summary>What the command comes to in this state.</summary>
    private static WriteOutcome Decide(ReferenceView view, ReferenceChange change, Precondition precondition, ReadOnlyMemory<byte> state)
    {
        var last = view.FindVersion(change.Kind, change.Id);
        long? revision = last?.Item is null ? null : last.Value.Revision;
        if (!precondition.IsMetBy(revision)) return new(WriteResult.PreconditionFailed, revision ?? -1);
        if (change.Item is null)
        {
            if (revision is null) return new(WriteResult.NotFound, -1);
            return HasChildren(view, change) ? new(WriteResult.HasChildren, revision.Value) : new(WriteResult.Removed, -1);
        }

        if (change.Item.Parent is { } parent && view.Find(parent.Kind, parent.Id) is null) return new(WriteResult.ParentMissing, revision ?? -1);
        if (revision is null) return new(WriteResult.Created, -1);
        return ReferenceEvents.ToJson(last!.Value.Item!).AsSpan().SequenceEqual(state.Span)
            ? new(WriteResult.Unchanged, revision.Value)
            : new(WriteResult.Changed, -1);
    }

    private static bool HasChildren(ReferenceView view, ReferenceChange change)
    {
        ReferenceKind? children = change.Kind switch
        {
            ReferenceKind.Advertiser => ReferenceKind.Campaign,
            ReferenceKind.Campaign => ReferenceKind.Ad,
            _ => null,
        };
        return children is { } kind && view.All(kind).Any(v => v.Item!.Parent == (change.Kind, change.Id));
    }

    /// <summary>So that the author reads what it wrote, and the next decision is on what is there.</summary>
    private async Task ApplyAsync(AppendResult appended, CancellationToken cancellationToken)
    {
        try
        {
            var limit = TimeSpan.FromMilliseconds(options.Value.ApplyTimeoutMs);
            await feed.WaitForAsync(appended.Revision, cancellationToken).AsTask().WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            if (!appended.Succeeded) throw new EventLogUnavailableException("The reference data is behind the log.", e);
        }
    }
}

/// <summary>The metadata of an event of <c>reference</c>.</summary>
internal sealed record ChangeMetadata(int SchemaVersion, string By, string CorrelationId, string KeyId, string Role);
