using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Tests.Billing;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Adclicks.Projections.Tests.Archive;

public sealed class LogTrimmerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-trim-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_what_is_archived_old_enough_and_counted_goes_and_it_can_be_read_all_the_same()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var log = EmbeddedEventLog.Open(Path.Combine(_folder, "log"));
        using var store = new FolderStore(Path.Combine(_folder, "archive"));
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 41, count: 2_000), Projector.Partitions, perEvent: 5);
        await ArchiveAsync(log, store);
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 42, count: 200), Projector.Partitions, perEvent: 5);
        var before = await AllAsync(log);
        await using (var projector = await Projector.StartAsync(database.ConnectionString, log)) await projector.CaughtUpAsync();
        await ExecuteAsync(database.ConnectionString, "UPDATE adclicks_g1.checkpoints SET revision = 2 WHERE partition = 1");
        await using var services = Projector.OnlyAsked(database.ConnectionString, log);
        var trimmer = services.GetRequiredService<LogTrimmer>();

        Assert.Empty((await trimmer.TrimAsync(store, keepDays: 1, Token)).Streams);
        await AssertRefusedAsync(trimmer, log, store);
        var trim = await trimmer.TrimAsync(store, keepDays: 0, Token);
        Assert.False(trim.IsDone);
        Assert.Equal(trim.Events, before.Count - (await AllAsync(log)).Count);
        await AssertBeginningsAsync(log, store, p => p == 1 ? 3 : long.MaxValue);
        await ExecuteAsync(database.ConnectionString, "UPDATE adclicks_g1.checkpoints SET revision = 100000 WHERE partition = 1");
        Assert.True((await trimmer.TrimAsync(store, keepDays: 0, Token)).IsDone);
        await AssertBeginningsAsync(log, store, _ => long.MaxValue);
        Assert.Empty((await trimmer.TrimAsync(store, keepDays: 0, Token)).Streams);
        Assert.Equal(StreamMetadata.None, await log.GetMetadataAsync(StreamNames.Billing, Token));

        await using var whole = new WholeLog(log, Copies(store.Location));
        Assert.Equal(before, await AllAsync(whole));
        await AssertPartsAsync(whole, before);
        await using var alone = new WholeLog(log, Copies(null));
        Assert.Contains("Archive:To", (await Assert.ThrowsAsync<InvalidDataException>(() => AllAsync(alone))).Message, StringComparison.Ordinal);
    }

    /// <summary>One byte of one file, and nothing goes.</summary>
    private static async Task AssertRefusedAsync(LogTrimmer trimmer, EmbeddedEventLog log, FolderStore store)
    {
        var line = (await ArchiveManifest.ReadAsync(store, Token)).Last(l => l.Rows > 0 && l.IsClicks);
        var bytes = (await store.ReadAsync(line.File, Token))!;
        var changed = (byte[])bytes.Clone();
        changed[^20] ^= 1;
        await store.WriteAsync(line.File, changed, Token);
        Assert.Contains(line.File, (await Assert.ThrowsAsync<InvalidDataException>(() => trimmer.TrimAsync(store, keepDays: 0, Token))).Message, StringComparison.Ordinal);
        Assert.Equal(StreamMetadata.None, await log.GetMetadataAsync(StreamNames.Clicks(0), Token));
        await store.WriteAsync(line.File, bytes, Token);
    }

    private static async Task AssertBeginningsAsync(EmbeddedEventLog log, FolderStore store, Func<int, long> most)
    {
        var through = (await ArchiveCoverage.ThroughAsync(log, store, Token))!;
        for (var p = 0; p < Projector.Partitions; p++)
            Assert.Equal(Math.Max(0, Math.Min(most(p), Math.Min(through[p] + 1, await log.GetLastRevisionAsync(StreamNames.Clicks(p), Token)))), await log.GetFirstRevisionAsync(StreamNames.Clicks(p), Token));
    }

    /// <summary>From any place on, any number of events.</summary>
    private static async Task AssertPartsAsync(WholeLog whole, List<string> all)
    {
        var stream = StreamNames.Clicks(3);
        var events = all.Where(e => e.StartsWith(stream, StringComparison.Ordinal)).ToList();
        var first = (int)(await whole.GetMetadataAsync(stream, Token)).TruncateBefore!.Value;
        foreach (var (from, count) in new[] { (0, 1), (2, 3), (first - 2, 2), (first - 2, 3), (first - 1, 1), (first, 2) })
            Assert.Equal(events.Skip(from).Take(count), (await whole.ReadAsync(stream, ReadDirection.Forwards, from, count, Token).ToListAsync(Token)).Select(Text));
    }

    private ArchiveCopies Copies(string? place) => new(new ArchiveOptions { To = place }, _folder, TimeProvider.System);

    private static async Task ArchiveAsync(EmbeddedEventLog log, FolderStore store)
    {
        await using (var process = await ClosingProcess.StartAsync(log, new SetClock { Now = ClickGen.Start.AddDays(1) })) await process.Billing.CloseAsync(Token);
        await new Archiver(log, Projector.Partitions, new ReferenceHistory(), store, new ArchiveOptions()).RunAsync(_ => { }, Token);
    }

    private static async Task<List<string>> AllAsync(IEventLog log)
    {
        var all = new List<string>();
        for (var p = 0; p < Projector.Partitions; p++) all.AddRange((await log.ReadAsync(StreamNames.Clicks(p), ReadDirection.Forwards, 0, cancellationToken: Token).ToListAsync(Token)).Select(Text));
        return all;
    }

    private static string Text(RecordedEvent e) => $"{e.Stream}@{e.Revision} {e.Id} {e.Created.ToUnixTimeMilliseconds()} {Convert.ToHexString(e.Metadata.Span)} {Convert.ToHexString(e.Data.Span)}";

    private static async Task ExecuteAsync(string connectionString, string text)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        await using var command = sql.CreateCommand(text);
        await command.ExecuteNonQueryAsync(Token);
    }
}
