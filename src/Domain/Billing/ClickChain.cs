using System.Security.Cryptography;

namespace Adclicks.Domain.Billing;

/// <summary>
/// A hash over the clicks of one partition, one after the other: it begins with 32 zero bytes, and each click makes it
/// SHA-256(hash so far ‖ canonical form). So it can be kept and gone on with, and nothing can be left out, added or moved unseen.
/// </summary>
public sealed class ClickChain
{
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];

    /// <summary>Clicks so far.</summary>
    public long Count { get; private set; }

    /// <summary>The hash so far, 32 bytes.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Goes on with a click.</summary>
    /// <param name="click">The next one of the partition.</param>
    /// <param name="scratch">Of the caller's thread.</param>
    internal void Add(in JudgedClick click, CanonicalWriter scratch)
    {
        scratch.Clear();
        scratch.Raw(_hash);
        click.WriteTo(scratch);
        SHA256.HashData(scratch.Written, _hash);
        Count++;
    }
}
