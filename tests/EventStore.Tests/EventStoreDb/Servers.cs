using System.Text;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.Tests.EventStoreDb.Double;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>The servers that tests run against, and short ways to make logs and events.</summary>
internal static class Servers
{
    /// <summary>The connection string of a real server; tests that need one are skipped without.</summary>
    public static string? Real => Environment.GetEnvironmentVariable("ADCLICKS_TEST_EVENTSTORE");

    public static string RealOrSkip()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Real), "ADCLICKS_TEST_EVENTSTORE names no server");
        return Real!;
    }

    public static int PortOf(string connectionString) => ConnectionString.Parse(connectionString).Hosts[0].Port;

    public static EventStoreDbLog Open(string connectionString, Action<EventStoreDbOptions>? change = null)
    {
        var options = new EventStoreDbOptions { MinBackoffMs = 5, MaxBackoffMs = 200, AppendTimeoutMs = 15_000 };
        change?.Invoke(options);
        return new EventStoreDbLog(connectionString, options, TimeProvider.System, NullLogger<EventStoreDbLog>.Instance);
    }

    public static string NewStream() => "test-" + Guid.NewGuid().ToString("N");

    public static EventData Event(string text = "{}", int padding = 0) => new(
        Guid.CreateVersion7(),
        "tested",
        Encoding.UTF8.GetBytes(text + new string(' ', padding)),
        """{"schema_version":1}"""u8.ToArray());

    public static StreamAppend AnyAppend(string stream, params EventData[] events) => new(stream, ExpectedRevision.Any, events);

    public static async Task<List<RecordedEvent>> AllAsync(this IEventLog log, string stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAsync(stream, ReadDirection.Forwards, 0, cancellationToken: TestContext.Current.CancellationToken))
            events.Add(e);
        return events;
    }

    /// <summary>The double, or the real server behind the same interface: what a test needs to know of it.</summary>
    public static async Task<(string ConnectionString, IAsyncDisposable Server)> StartAsync(bool real)
    {
        if (real)
            return (RealOrSkip(), new Nothing());
        var server = await EventStoreDbDouble.StartAsync();
        return (server.ConnectionString, server);
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
