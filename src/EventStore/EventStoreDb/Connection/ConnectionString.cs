using System.Globalization;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>
/// EventStoreDB's connection strings: <c>esdb://user:password@host:2113,host2?tls=false&amp;nodePreference=follower</c>,
/// or <c>esdb+discover://</c> for a DNS name that stands for all nodes. Names of options are not case-sensitive; one
/// that is unknown, twice there or wrong is an error that names it.
/// </summary>
public static class ConnectionString
{
    private const int DefaultPort = 2113;
    private const string Scheme = "esdb://";
    private const string DiscoverScheme = "esdb+discover://";

    /// <summary>Reads a connection string. Throws <see cref="FormatException"/>, never quoting the password.</summary>
    public static EventStoreDbSettings Parse(string text)
    {
        var discover = text.StartsWith(DiscoverScheme, StringComparison.OrdinalIgnoreCase);
        if (!discover && !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Wrong($"it must begin with {Scheme} or {DiscoverScheme}");

        var rest = text[(discover ? DiscoverScheme : Scheme).Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var options = question < 0 ? "" : rest[(question + 1)..];
        var authority = (question < 0 ? rest : rest[..question]).TrimEnd('/');

        var at = authority.LastIndexOf('@');
        var settings = new EventStoreDbSettings
        {
            Hosts = ParseHosts(authority[(at + 1)..]),
            DiscoverByDns = discover,
        };
        if (at >= 0)
            settings = WithUser(settings, authority[..at]);
        return ApplyOptions(settings, options);
    }

    private static Endpoint[] ParseHosts(string hosts) =>
        hosts.Length == 0
            ? throw Wrong("it names no host")
            : [.. hosts.Split(',').Select(ParseHost)];

    private static Endpoint ParseHost(string host)
    {
        // The colons of an IPv6 address are inside its brackets.
        var colon = host.LastIndexOf(':');
        if (colon < host.LastIndexOf(']'))
            colon = -1;
        var name = (colon < 0 ? host : host[..colon]).Trim('[', ']');
        var port = DefaultPort;
        var portIsRight = colon < 0
            || (int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= ushort.MaxValue);
        return portIsRight && name.Length > 0 && !name.Contains('/', StringComparison.Ordinal)
            ? new Endpoint(name, port)
            : throw Wrong($"'{host}' is not a host and port");
    }

    private static EventStoreDbSettings WithUser(EventStoreDbSettings settings, string user)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw Wrong("before the @ there must be user:password");
        return settings with
        {
            User = Uri.UnescapeDataString(user[..colon]),
            Password = Uri.UnescapeDataString(user[(colon + 1)..]),
        };
    }

    private static EventStoreDbSettings ApplyOptions(EventStoreDbSettings settings, string options)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in options.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? option : option[..equals];
            if (equals < 0)
                throw Wrong($"option '{name}' has no value");
            if (!seen.Add(name))
                throw Wrong($"option '{name}' is there twice");
            settings = ConnectionStringOptions.Apply(settings, name, Uri.UnescapeDataString(option[(equals + 1)..]));
        }

        if (settings.UserCertFile is null != settings.UserKeyFile is null)
            throw Wrong("options 'userCertFile' and 'userKeyFile' go together");
        return settings;
    }

    internal static FormatException Wrong(string what) => new($"The EventStoreDB connection string is wrong: {what}.");
}
