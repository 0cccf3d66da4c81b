using Adclicks.EventStore.EventStoreDb.Protos;
using Google.Protobuf.WellKnownTypes;
using ProtoEmpty = Google.Protobuf.WellKnownTypes.Empty;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>One append as the frames of a batch.</summary>
internal static class BatchFrames
{
    /// <summary>A server takes messages of 4 MiB at least; an append can be larger where its limit was raised.</summary>
    private const int MaxFrameBytes = 1024 * 1024;

    public static IEnumerable<BatchAppendRequest> Of(Guid id, StreamAppend append, TimeSpan deadline, bool deadlineIsDuration, DateTimeOffset now)
    {
        var correlation = Wire.Id(id);
        var frame = new BatchAppendRequest
        {
            CorrelationId = correlation,
            Options = Options(append),
        };
        if (deadlineIsDuration)
            frame.Options.Deadline = Duration.FromTimeSpan(deadline);
        else
            frame.Options.DeadlineAt = Timestamp.FromDateTimeOffset(now + deadline);

        var size = 0;
        foreach (var data in append.Events)
        {
            var bytes = AppendSize.Of(data);
            if (size > 0 && size + bytes > MaxFrameBytes)
            {
                yield return frame;
                frame = new BatchAppendRequest { CorrelationId = correlation };
                size = 0;
            }

            frame.ProposedMessages.Add(Wire.Proposed(data));
            size += bytes;
        }

        frame.IsFinal = true;
        yield return frame;
    }

    private static BatchOptions Options(StreamAppend append)
    {
        var options = new BatchOptions { StreamIdentifier = Wire.Stream(append.Stream) };
        if (append.Expected.Value >= 0)
            options.StreamPosition = (ulong)append.Expected.Value;
        else if (append.Expected == ExpectedRevision.NoStream)
            options.NoStream = new ProtoEmpty();
        else if (append.Expected == ExpectedRevision.StreamExists)
            options.StreamExists = new ProtoEmpty();
        else
            options.Any = new ProtoEmpty();
        return options;
    }
}
