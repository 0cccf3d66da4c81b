using Adclicks.EventStore.EventStoreDb.Protos;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>What a server can do, as it says itself. One that does not know the question is older than 21.10.</summary>
/// <param name="Version">As <c>23.10.7</c>; empty when unknown.</param>
/// <param name="BatchAppend">Whether many appends can share one call.</param>
/// <param name="BatchDeadlineIsDuration">Whether their deadline is a duration; before, it was a time of day.</param>
/// <param name="SignalsCaughtUp">Whether a subscription tells that it has reached the end: 23.10 and later.</param>
/// <param name="Projections">Whether projections run there.</param>
internal sealed record ServerAbilities(
    string Version,
    bool BatchAppend,
    bool BatchDeadlineIsDuration,
    bool SignalsCaughtUp,
    bool Projections)
{
    private static readonly Version _firstWithCaughtUp = new(23, 10);

    /// <summary>What every server from 20.6 on can do.</summary>
    public static ServerAbilities Oldest { get; } = new("", false, false, false, true);

    public static ServerAbilities Of(SupportedMethods methods)
    {
        var batch = methods.Methods.FirstOrDefault(m => Is(m, "streams.streams", "batchappend"));
        var projections = methods.Methods.Any(m => m.ServiceName.EndsWith("projections.projections", StringComparison.Ordinal));
        var caughtUp = System.Version.TryParse(methods.EventStoreServerVersion, out var version) && version >= _firstWithCaughtUp;
        return new ServerAbilities(
            methods.EventStoreServerVersion,
            batch is not null,
            batch?.Features.Contains("deadline_duration") ?? false,
            caughtUp,
            projections);
    }

    private static bool Is(SupportedMethod method, string service, string name) =>
        method.ServiceName.EndsWith(service, StringComparison.Ordinal) && method.MethodName == name;
}
