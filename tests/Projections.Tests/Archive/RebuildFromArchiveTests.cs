using System.Collections.Concurrent;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Tests.Billing;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Tests.Archive;

public sealed class RebuildFromArchiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-rebuild-archive-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_folder, "archive");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_the_log_has_not_any_more_is_built_from_the_archive_and_the_rest_from_the_log()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var log = EmbeddedEventLog.Open(Path.Combine(_folder, "log"));
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 31, count: 2_000), Projector.Partitions, perEvent: 5);
        await using var projector = await Projector.StartAsync(database.ConnectionString, log);
        await projector.CaughtUpAsync();
        await ArchiveAndTruncateAsync(log);
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 32, count: 300), Projector.Partitions, perEvent: 5);
        await projector.CaughtUpAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.BuildAsync(new(Archive: Path.Combine(_folder, "none")), Token));
        var built = await projector.Generations.BuildAsync(new(Archive: Archive), Token);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, Token)).IsComplete);
        Assert.Equal(2_300, (await projector.Generations.ProgressAsync(built.Id, Token)).Clicks);
        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, Token))!);
        await projector.Generations.SwitchAsync(built.Id, cancellationToken: Token);
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 33, count: 100), Projector.Partitions, perEvent: 5);
        await projector.WaitAsync(s => s.Generation == built.Id && s.ClicksProjected == 2_400);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.BuildAsync(cancellationToken: Token));
        Assert.Matches("clicks-000 begins with revision [0-9]+: .*--from-archive", refused.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.BuildAsync(new(Partitions: [3]), Token));
        await log.SetMetadataAsync(StreamNames.Clicks(3), new StreamMetadata(TruncateBefore: await log.GetLastRevisionAsync(StreamNames.Clicks(3), Token)), Token);
        refused = await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.BuildAsync(new(Archive: Archive), Token));
        Assert.Contains("is in neither", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lanes_that_lack_what_is_in_the_archive_alone_stand_still_until_it_is_read_from_there()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var log = EmbeddedEventLog.Open(Path.Combine(_folder, "log"));
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 34, count: 1_000), Projector.Partitions, perEvent: 5);
        await ArchiveAndTruncateAsync(log);
        var said = new SaidLog();
        await using var projector = await Projector.StartAsync(database.ConnectionString, log, services => services.AddSingleton<ILoggerProvider>(said));
        await Projector.UntilAsync(() => Task.FromResult(said.Errors.Any(e => e.Contains("rebuild --from-archive", StringComparison.Ordinal))));
        Assert.Equal(0, (await projector.WaitAsync(_ => true)).ClicksProjected);

        var built = await projector.Generations.BuildAsync(new(Archive: Archive), Token);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, Token)).IsComplete);
        await projector.Generations.SwitchAsync(built.Id, SwitchDespite.Lag, Token);
        await projector.WaitAsync(s => s.Generation == built.Id && s.ClicksProjected == 1_000);
    }

    private async Task ArchiveAndTruncateAsync(EmbeddedEventLog log)
    {
        await using (var process = await ClosingProcess.StartAsync(log, new SetClock { Now = ClickGen.Start.AddDays(1) })) await process.Billing.CloseAsync(Token);
        using var store = new FolderStore(Archive);
        await new Archiver(log, Projector.Partitions, new ReferenceHistory(), store, new ArchiveOptions()).RunAsync(_ => { }, Token);
        var through = await ArchiveCoverage.ThroughAsync(log, store, Token);
        for (var p = 0; p < Projector.Partitions; p++) await log.SetMetadataAsync(StreamNames.Clicks(p), new StreamMetadata(TruncateBefore: through![p]), Token);
    }

    private sealed class SaidLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null) Errors.Enqueue(exception.Message);
        }

        public void Dispose()
        {
        }
    }
}
