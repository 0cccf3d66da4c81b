using Adclicks.EventStore.EventStoreDb.Protos;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>One append of a BatchAppend call, as its frames come in.</summary>
internal sealed class DoubleBatch(BatchOptions options)
{
    public List<ProposedMessage> Messages { get; } = [];

    public BatchAppendResponse AppendTo(DoubleSettings settings)
    {
        if (Messages.Sum(m => m.Data.Length) > settings.MaxAppendBytes)
            return new BatchAppendResponse { Error = DoubleErrors.TooLargeDetail(settings.MaxAppendBytes) };
        if (options.DeadlineOptionCase == BatchOptions.DeadlineOptionOneofCase.Deadline && options.Deadline.ToTimeSpan() <= TimeSpan.Zero)
            return new BatchAppendResponse { Error = DoubleErrors.TimeoutDetail() };
        var (outcome, revision) = settings.Store.Append(DoubleStreams.Name(options.StreamIdentifier), Expected, Messages);
        return outcome switch
        {
            StoreOutcome.Done => new BatchAppendResponse { Success = new() { CurrentRevision = (ulong)revision } },
            StoreOutcome.Deleted => new BatchAppendResponse { Error = DoubleErrors.StreamDeletedDetail(options.StreamIdentifier) },
            _ => new BatchAppendResponse { Error = DoubleErrors.WrongExpectedVersionDetail(revision) },
        };
    }

    private long Expected => options.ExpectedCase switch
    {
        BatchOptions.ExpectedOneofCase.StreamPosition => (long)options.StreamPosition,
        BatchOptions.ExpectedOneofCase.NoStream => DoubleStore.NoStream,
        BatchOptions.ExpectedOneofCase.StreamExists => DoubleStore.StreamExists,
        _ => DoubleStore.Any,
    };
}
