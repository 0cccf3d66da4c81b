using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Reconciliation;
using Adclicks.Projections.Tests.Billing;
using Adclicks.Projections.Tests.Support;
using Adclicks.Tests.Support;

namespace Adclicks.Projections.Tests.Archive;

public sealed class ArchiverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-archive-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_log_comes_out_of_its_archive_byte_for_byte_however_it_was_archived()
    {
        await using var log = new MemoryEventLog();
        var clock = new SetClock { Now = ClickGen.Start };
        using var step = Store("step");
        await using (var process = await ClosingProcess.StartAsync(log, clock))
        {
            // One archiver that goes on after each close, with clicks of hours that are open yet, late ones, and events that are none.
            var archiver = Archiver(log, step, clicksAtOnce: 1_000_000);
            foreach (var batch in ClickGen.Clicks(seed: 21, count: 40_000).Chunk(8_000))
            {
                await ClickGen.AppendAsync(log, batch, Projector.Partitions, perEvent: 20);
                await log.AppendAsync(StreamNames.Clicks(1), ExpectedRevision.Any, [ClickGen.Event(ClicksRecorded.EventType, [0xFF]), ClickGen.Event("another", [1])], Token);
                clock.Now = DateTimeOffset.FromUnixTimeMilliseconds(batch[^1].ServerTimestampMs);
                await process.Billing.CloseAsync(Token);
                await archiver.RunAsync(_ => { }, Token);
            }
        }

        // And one that has it all to do, in parts that are smaller than a close.
        using var whole = Store("whole");
        await Archiver(log, whole, clicksAtOnce: 1_500).RunAsync(_ => { }, Token);
        foreach (var store in new[] { step, whole })
        {
            Assert.Empty((await CheckAsync(log, store)).Differences);
            await AssertRestoredAsync(log, store);
        }

        var files = new[] { step, whole }.Select(async s => (await ArchiveManifest.ReadAsync(s, Token)).Where(l => l.IsClicks).Select(l => (l.File, l.Sha256)));
        Assert.Equal(await files.First(), await files.Last());
    }

    [Fact]
    public async Task A_file_that_was_changed_is_named_and_nothing_is_restored_from_it()
    {
        await using var log = await ClosedLogAsync();
        using var store = Store("changed");
        await Archiver(log, store, clicksAtOnce: 1_000_000).RunAsync(_ => { }, Token);
        var line = (await ArchiveManifest.ReadAsync(store, Token)).First(l => l.Rows > 0);
        var bytes = (await store.ReadAsync(line.File, Token))!;
        bytes[bytes.Length / 2] ^= 1;
        await store.WriteAsync(line.File, bytes, Token);
        Assert.Contains((await CheckAsync(log, store)).Differences, d => d.Subject.Contains(line.File, StringComparison.Ordinal) && d.Among!.All(a => a.StartsWith("adv", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<InvalidDataException>(() => AssertRestoredAsync(log, store));
        Assert.False(Directory.Exists(Path.Combine(_folder, "restored")));
    }

    [Fact]
    public async Task Of_two_archivers_one_names_each_batch_and_the_archive_is_whole()
    {
        await using var log = await ClosedLogAsync();
        using var store = Store("shared");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await Archiver(log, store, clicksAtOnce: 500).RunAsync(_ => { }, Token);
            }
            catch (InvalidDataException e) when (e.Message.Contains("another process", StringComparison.Ordinal))
            {
            }
        }));
        await Archiver(log, store, clicksAtOnce: 500).RunAsync(_ => { }, Token);
        Assert.Empty((await CheckAsync(log, store)).Differences);
        await AssertRestoredAsync(log, store);
    }

    private static async Task<MemoryEventLog> ClosedLogAsync()
    {
        var log = new MemoryEventLog();
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 22, count: 4_000), Projector.Partitions, perEvent: 20);
        await using var process = await ClosingProcess.StartAsync(log, new SetClock { Now = ClickGen.Start.AddDays(1) });
        await process.Billing.CloseAsync(Token);
        return log;
    }

    private FolderStore Store(string name) => new(Path.Combine(_folder, name));

    private static Archiver Archiver(MemoryEventLog log, FolderStore store, int clicksAtOnce) =>
        new(log, Projector.Partitions, new ReferenceHistory(), store, new ArchiveOptions { ClicksAtOnce = clicksAtOnce });

    private static async Task<ArchiveCheck> CheckAsync(MemoryEventLog log, FolderStore store)
    {
        var check = new ArchiveCheck(store, (0, int.MaxValue));
        await check.CompareAsync(log, Token);
        Assert.True(check.Entries > 0);
        return check;
    }

    /// <summary>Every event up to the last close that is archived, and the same ledger over it.</summary>
    private async Task AssertRestoredAsync(MemoryEventLog log, FolderStore store)
    {
        var folder = Path.Combine(_folder, "restored");
        using (var writer = EmbeddedLogWriter.Create(folder))
        {
            await foreach (var e in new ArchiveReader(store, 2_000).ReadAsync(Token)) writer.Add(e);
            Assert.True(writer.Complete() > 0);
        }

        await using (var restored = EmbeddedEventLog.OpenReadOnly(folder))
        {
            var through = await ArchiveCoverage.ThroughAsync(log, store, Token);
            for (var p = 0; p < Projector.Partitions; p++) await AssertSameAsync(log, restored, StreamNames.Clicks(p), through![p]);
            await AssertSameAsync(log, restored, StreamNames.Billing, await log.GetLastRevisionAsync(StreamNames.Billing, Token));
            var ledger = await LedgerCopy.ReadAsync(restored, 0, int.MaxValue, Token);
            var replay = new LogReplay(Projector.Partitions, ledger.History, new DedupOptions(), new ReferenceHistory(), (0, int.MaxValue));
            await replay.ReadAsync(restored, through!, 2, Token);
            Assert.Empty(ledger.Differences.Concat(replay.Differences).Concat(LedgerComparison.Compare(ledger.History, replay, 0, int.MaxValue)));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task AssertSameAsync(MemoryEventLog log, EmbeddedEventLog restored, string stream, long through)
    {
        Assert.Equal(through, await restored.GetLastRevisionAsync(stream, Token));
        var expected = await log.ReadAsync(stream, ReadDirection.Forwards, 0, through + 1, Token).ToListAsync(Token);
        var found = await restored.ReadAsync(stream, ReadDirection.Forwards, 0, cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(expected.Select(Text), found.Select(Text));
    }

    private static string Text(RecordedEvent e) =>
        $"{e.Stream}@{e.Revision} {e.Id} {e.Type} {e.Created.ToUnixTimeMilliseconds()} {Convert.ToHexString(e.Metadata.Span)} {Convert.ToHexString(e.Data.Span)}";
}
