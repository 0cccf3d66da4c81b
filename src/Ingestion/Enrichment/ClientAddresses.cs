using System.Net;
using Adclicks.Ingestion.Privacy;
using BitFaster.Caching.Lru;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>What a click needs of an address.</summary>
/// <param name="Text">Canonical; IPv4 in IPv6 as IPv4. Empty for none.</param>
/// <param name="Hash">Under the visitor key, 16 bytes.</param>
/// <param name="Prefix">The network part.</param>
/// <param name="Place">Where it is.</param>
internal sealed record AddressFacts(string Text, byte[] Hash, byte[] Prefix, Place Place)
{
    public static readonly AddressFacts None = new("", [], [], Place.Unknown);
}

/// <summary>Facts of addresses, kept: bounded, least used out first.</summary>
internal sealed class ClientAddresses
{
    private readonly GeoLookup _geo;
    private readonly VisitorHasher _hasher;
    private volatile ConcurrentLru<IPAddress, AddressFacts> _cache;

    public ClientAddresses(GeoLookup geo, VisitorHasher hasher, IngestionOptions options)
    {
        (_geo, _hasher, _cache) = (geo, hasher, Empty());
        // A new one, not a cleared one: look-ups under way add what the old database said to the old one.
        geo.Replaced += () => _cache = Empty();

        ConcurrentLru<IPAddress, AddressFacts> Empty() => new(Environment.ProcessorCount, options.GeoCacheEntries, EqualityComparer<IPAddress>.Default);
    }

    public AddressFacts Of(IPAddress? address) =>
        address is null ? AddressFacts.None : _cache.GetOrAdd(address, static (a, self) => self.Find(a), this);

    private AddressFacts Find(IPAddress address)
    {
        var canonical = VisitorHasher.Canonical(address);
        var text = canonical.ToString();
        return new(text, _hasher.OfAddress(text), VisitorHasher.PrefixOf(canonical), _geo.Find(canonical));
    }
}
