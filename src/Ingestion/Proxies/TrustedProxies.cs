using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace Adclicks.Ingestion.Proxies;

/// <summary>
/// Who a request came from, behind proxies of our own: of the addresses that they wrote down, counted from the right, the first
/// that is no proxy's. What stands left of it was said by the client, and is not read. One header is read, the one the proxies
/// write: another would reach us as the client sent it.
/// </summary>
public sealed class TrustedProxies
{
    /// <summary>Hops read of a request; one that claims more is taken at its connection's address.</summary>
    public const int MaxHops = 32;

    private const string XForwardedFor = "X-Forwarded-For", Forwarded = "Forwarded";
    private readonly IPNetwork[] _networks;

    private TrustedProxies(IPNetwork[] networks, string header) => (_networks, Header) = (networks, header);

    /// <summary>The header that is read.</summary>
    public string Header { get; }

    /// <summary>Null where no network is named.</summary>
    /// <param name="networks">Networks (CIDR) or addresses, with commas between.</param>
    /// <param name="header"><c>X-Forwarded-For</c> (also where absent) or <c>Forwarded</c>.</param>
    /// <exception cref="FormatException">They are not.</exception>
    public static TrustedProxies? Read(string? networks, string? header)
    {
        var named = (networks ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (named.Length == 0) return null;
        return new([.. named.Select(NetworkOf)], header switch
        {
            null or "" => XForwardedFor,
            _ when header.Equals(XForwardedFor, StringComparison.OrdinalIgnoreCase) => XForwardedFor,
            _ when header.Equals(Forwarded, StringComparison.OrdinalIgnoreCase) => Forwarded,
            _ => throw new FormatException($"Proxies:Header must be {XForwardedFor} or {Forwarded}, not '{header}'."),
        });
    }

    /// <summary>The client's address; the connection's, where that is no proxy or the header is not well-formed.</summary>
    public IPAddress? ClientOf(IPAddress? connection, StringValues header)
    {
        if (connection is null || !IsProxy(connection)) return connection;
        var client = connection;
        var hops = 0;
        for (var line = header.Count - 1; line >= 0; line--)
        {
            var list = header[line].AsSpan();
            do
            {
                var element = ForwardedHop.TakeLast(ref list);
                if (++hops > MaxHops || !ForwardedHop.TryParse(Header == Forwarded ? ForwardedHop.ForOf(element) : element, out var hop)) return connection;
                if (!IsProxy(hop)) return hop;
                client = hop;
            }
            while (!list.IsEmpty);
        }

        return client;
    }

    private bool IsProxy(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _networks)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    private static IPNetwork NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (!IPAddress.TryParse(text, out var address)) throw new FormatException($"Proxies:Trusted names '{text}', which is no network (as 10.0.0.0/8) and no address.");
        return new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
