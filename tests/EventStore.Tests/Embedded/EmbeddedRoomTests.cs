using Adclicks.EventStore.Embedded;
using Adclicks.Support;

namespace Adclicks.EventStore.Tests.Embedded;

/// <summary>What retention takes from the log gives its room on the disk back.</summary>
public sealed class EmbeddedRoomTests : IDisposable
{
    private const int Streams = 8, EventBytes = 32 * 1024, EventsAtATime = 16;
    private const long OldBytes = 32L << 20, NewBytes = 3 * OldBytes;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_was_truncated_is_gone_from_the_disk_when_more_was_written_since()
    {
        await using var log = EmbeddedEventLog.Open(_directory.FullName, new EmbeddedLogOptions { WriteBufferBytes = 1 << 20 }, TimeProvider.System);
        await FillAsync(log, OldBytes);
        for (var s = 0; s < Streams; s++)
            await log.SetMetadataAsync(Name(s), new StreamMetadata(TruncateBefore: await log.GetLastRevisionAsync(Name(s), TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        await FillAsync(log, NewBytes);

        await Eventually.TrueAsync(() => Size() < NewBytes + (OldBytes / 2), "The files are as large as if nothing had been truncated.");
    }

    private static async Task FillAsync(EmbeddedEventLog log, long bytes)
    {
        for (long done = 0, turn = 0; done < bytes; done += EventBytes * EventsAtATime, turn++)
        {
            var events = Enumerable.Range(0, EventsAtATime).Select(_ => new EventData(Guid.NewGuid(), "test", Noise(), default)).ToList();
            await log.AppendAsync(Name(turn % Streams), ExpectedRevision.Any, events, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Does not compress.</summary>
    private static byte[] Noise()
    {
        var noise = new byte[EventBytes];
        Random.Shared.NextBytes(noise);
        return noise;
    }

    private static string Name(long stream) => $"stream-{stream}";

    /// <summary>Tables and journals.</summary>
    private long Size() => _directory.EnumerateFiles().Where(f => f.Exists).Sum(f => f.Length);
}
