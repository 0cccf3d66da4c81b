using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Adclicks.Domain.Clicks;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// The identities of the last clicks of a partition that a client could send again: those with a time of its own.
/// Bounded, oldest out first. Used by the writer alone.
/// </summary>
internal sealed class RetryMemory(int capacity)
{
    // Seeded anew in each process, so that nobody can make clicks collide.
    private static readonly long _seed = Random.Shared.NextInt64();
    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<UInt128> _order = [];

    /// <summary>What the same click sent twice has in common: id, ad, time and visitor. Zero where it has no time.</summary>
    public static UInt128 IdentityOf(Click click) => click.TimestampMs is { } timestampMs
        ? Hash(Encoding.UTF8.GetBytes(click.EventId), Encoding.UTF8.GetBytes(click.AdId), timestampMs, click.VisitorHash.Span)
        : default;

    /// <inheritdoc cref="IdentityOf(Click)"/>
    public static UInt128 IdentityOf(in ClickView click) =>
        click.TimestampMs is { } timestampMs ? Hash(click.EventId, click.AdId, timestampMs, click.VisitorHash) : default;

    public bool Knows(UInt128 identity) => identity != default && _known.Contains(identity);

    public void Add(UInt128 identity)
    {
        if (identity == default || capacity == 0 || !_known.Add(identity)) return;
        _order.Enqueue(identity);
        if (_order.Count > capacity) _known.Remove(_order.Dequeue());
    }

    private static UInt128 Hash(ReadOnlySpan<byte> eventId, ReadOnlySpan<byte> adId, long timestampMs, ReadOnlySpan<byte> visitor)
    {
        var hash = new XxHash128(_seed);
        Span<int> lengths = [eventId.Length, adId.Length];
        hash.Append(MemoryMarshal.AsBytes(lengths));
        hash.Append(eventId);
        hash.Append(adId);
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in timestampMs)));
        hash.Append(visitor);
        return hash.GetCurrentHashAsUInt128();
    }
}
