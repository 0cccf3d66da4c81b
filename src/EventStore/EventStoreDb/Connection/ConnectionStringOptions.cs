using System.Globalization;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>The options that may follow the <c>?</c> of a connection string, and what each sets.</summary>
internal static class ConnectionStringOptions
{
    /// <summary>Durations are whole milliseconds; −1 is never or for ever where that makes sense.</summary>
    private static readonly Dictionary<string, Func<EventStoreDbSettings, string, EventStoreDbSettings>> _setters =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["tls"] = (s, v) => s with { Tls = Flag(v) },
            ["tlsVerifyCert"] = (s, v) => s with { TlsVerifyCert = Flag(v) },
            ["tlsCaFile"] = (s, v) => s with { TlsCaFile = Text(v) },
            ["userCertFile"] = (s, v) => s with { UserCertFile = Text(v) },
            ["userKeyFile"] = (s, v) => s with { UserKeyFile = Text(v) },
            ["nodePreference"] = (s, v) => s with { NodePreference = Preference(v) },
            ["keepAliveInterval"] = (s, v) => s with { KeepAliveInterval = DurationOrNever(v) },
            ["keepAliveTimeout"] = (s, v) => s with { KeepAliveTimeout = DurationOrNever(v) },
            ["maxDiscoverAttempts"] = (s, v) => s with { MaxDiscoverAttempts = Attempts(v) },
            ["discoveryInterval"] = (s, v) => s with { DiscoveryInterval = Duration(v) },
            ["gossipTimeout"] = (s, v) => s with { GossipTimeout = Duration(v) },
            ["defaultDeadline"] = (s, v) => s with { DefaultDeadline = Duration(v) },
            ["connectionName"] = (s, v) => s with { ConnectionName = Text(v) },
        };

    public static EventStoreDbSettings Apply(EventStoreDbSettings settings, string name, string value)
    {
        if (!_setters.TryGetValue(name, out var set))
            throw ConnectionString.Wrong($"there is no option '{name}'; there are {string.Join(", ", _setters.Keys)}");
        try
        {
            return set(settings, value);
        }
        catch (FormatException e)
        {
            throw ConnectionString.Wrong($"option '{name}' is '{value}', but must be {e.Message}");
        }
    }

    private static bool Flag(string value) =>
        bool.TryParse(value, out var flag) ? flag : throw new FormatException("true or false");

    private static string Text(string value) => value.Length > 0 ? value : throw new FormatException("not empty");

    private static NodePreference Preference(string value) => value.ToUpperInvariant() switch
    {
        "LEADER" => NodePreference.Leader,
        "FOLLOWER" => NodePreference.Follower,
        "RANDOM" => NodePreference.Random,
        "READONLYREPLICA" => NodePreference.ReadOnlyReplica,
        _ => throw new FormatException("leader, follower, random or readOnlyReplica"),
    };

    private static int Attempts(string value) => Number(value) switch
    {
        > 0 and var attempts => attempts,
        -1 => int.MaxValue,
        _ => throw new FormatException("1 or more, or -1 for no limit"),
    };

    private static TimeSpan Duration(string value) => Number(value) is > 0 and var milliseconds
        ? TimeSpan.FromMilliseconds(milliseconds)
        : throw new FormatException("1 or more milliseconds");

    private static TimeSpan? DurationOrNever(string value) => Number(value) switch
    {
        -1 => null,
        >= 0 and var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        _ => throw new FormatException("0 or more milliseconds, or -1 for never"),
    };

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
