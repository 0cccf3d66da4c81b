using Adclicks.EventStore.Embedded;

namespace Adclicks.EventStore.Tests.Embedded;

public sealed class EmbeddedContractTests : EventLogFollowingContract, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("adclicks-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    protected override Task<IEventLog> OpenAsync() =>
        Task.FromResult<IEventLog>(EmbeddedEventLog.Open(_directory.FullName, new EmbeddedLogOptions(), TimeProvider.System));
}
