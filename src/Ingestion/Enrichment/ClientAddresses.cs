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
internal sealed class ClientAddresses(GeoLookup geo, VisitorHasher hasher, IngestionOptions options)
{
    private readonly ConcurrentLru<IPAddress, AddressFacts> _cache = new(Environment.ProcessorCount, options.GeoCacheEntries, EqualityComparer<IPAddress>.Default);

    public AddressFacts Of(IPAddress? address) =>
        address is null ? AddressFacts.None : _cache.GetOrAdd(address, static (a, self) => self.Find(a), this);

    private AddressFacts Find(IPAddress address)
    {
        var canonical = VisitorHasher.Canonical(address);
        var text = canonical.ToString();
        return new(text, hasher.OfAddress(text), VisitorHasher.PrefixOf(canonical), geo.Find(canonical));
    }
}
