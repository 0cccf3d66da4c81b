using System.Net;
using Adclicks.Ingestion.Validation;
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

    private const int V4Bits = 32, V6Bits = 128;
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

    /// <summary>IPv4 that is written as IPv6 is taken as IPv4, as the addresses are that are looked for.</summary>
    private static IPNetwork NetworkOf(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var isNetwork = slash >= 0;
        if (!StrictAddress.IsValid(isNetwork ? text.AsSpan(0, slash) : text)
            || !IPNetwork.TryParse(isNetwork ? text : $"{text}/{(text.Contains(':', StringComparison.Ordinal) ? V6Bits : V4Bits)}", out var network))
            throw new FormatException($"Proxies:Trusted names '{text}', which is no network (as 10.0.0.0/8) and no address.");
        if (!network.BaseAddress.IsIPv4MappedToIPv6) return network;
        return new(network.BaseAddress.MapToIPv4(), network.PrefixLength - (V6Bits - V4Bits));
    }
}
