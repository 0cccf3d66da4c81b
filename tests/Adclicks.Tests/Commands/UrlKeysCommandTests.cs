using System.CommandLine;
using Adclicks.Commands;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.EventStore.Embedded;

namespace Adclicks.Tests.Commands;

public sealed class UrlKeysCommandTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-url-keys-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_change_of_the_keys_is_on_the_audit_log_also_where_nothing_runs()
    {
        Assert.Equal(0, await RunAsync("rotate"));
        Assert.Equal(1, await RunAsync("remove", "none"));

        await using var log = EmbeddedEventLog.Open(Path.Combine(_data, "log"));
        var page = await new AuditTrail(log).ReadAsync(AuditQuery.Latest(10), Token);
        Assert.Equal([AuditAction.UrlKeyRemoved, AuditAction.UrlKeyRotated], page.Records.Select(r => r.Entry.Action));
        Assert.All(page.Records, r => Assert.Equal(AuditActor.CommandLine, r.Entry.Actor));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_done()
    {
        await using var held = EmbeddedEventLog.Open(Path.Combine(_data, "log"));

        Assert.Equal(2, await RunAsync("rotate"));

        Assert.False(File.Exists(Path.Combine(_data, "secrets", "url-keys.json")));
    }

    private Task<int> RunAsync(params string[] arguments) => UrlKeysCommand.Create().Parse([.. arguments, "--data", _data]).InvokeAsync(cancellationToken: Token);
}
