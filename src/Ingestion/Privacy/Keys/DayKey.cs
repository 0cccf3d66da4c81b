using System.Security.Cryptography;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>What became of a sealed copy.</summary>
public enum SealState
{
    /// <summary>It was opened.</summary>
    Readable,

    /// <summary>The day's key is gone, or what is there now was made after it.</summary>
    Shredded,

    /// <summary>The visitor was erased.</summary>
    Erased,
}

/// <summary>
/// The key of a day, as this process has it in memory: seals and opens under the leaf of the visitor. Safe for all threads. Ciphers are
/// dearer to make than to use, so each leaf that seals keeps its own: about 1 KB, for at most 16,384 leaves.
/// </summary>
public sealed class DayKey
{
    private const int NonceBytes = 12, TagBytes = 16;
    private readonly KeyTree _tree;
    private readonly Leaf?[] _leaves = new Leaf?[KeyTree.Leaves];
    private readonly Lock _making = new();
    private bool _isDropped;

    internal DayKey(uint day, KeyTree tree) => (Day, _tree) = (day, tree);

    /// <summary>Days since the Unix epoch.</summary>
    public uint Day { get; }

    /// <summary>Seals a text where it is: <paramref name="sealed_"/> is nonce (12 bytes), text, tag (16).</summary>
    /// <param name="visitorHash">Of whose click it is.</param>
    /// <param name="sealed_">All of it, with room for nonce and tag around the text.</param>
    /// <returns>Null where the key is no longer to be used: ask for another; false where the visitor was erased; else true.</returns>
    internal bool? TrySeal(ReadOnlySpan<byte> visitorHash, Span<byte> sealed_)
    {
        var number = KeyTree.LeafOf(visitorHash);
        var leaf = Volatile.Read(ref _leaves[number]) ?? Make(number);
        if (leaf is null) return null;
        if (leaf.Cipher is null) return false;
        var nonce = sealed_[..NonceBytes];
        RandomBytes.Fill(nonce);
        var text = sealed_[NonceBytes..^TagBytes];
        lock (leaf.Gate)
        {
            if (leaf.IsDropped) return null;
            leaf.Cipher.Encrypt(nonce, text, text, sealed_[^TagBytes..]);
        }

        return true;
    }

    /// <summary>Opens what was sealed; null where the key is no longer to be used: ask for another.</summary>
    internal SealState? TryOpen(ReadOnlySpan<byte> visitorHash, ReadOnlySpan<byte> sealed_, out byte[] text)
    {
        text = new byte[Math.Max(0, sealed_.Length - NonceBytes - TagBytes)];
        lock (_making)
        {
            if (_isDropped) return null;
            var key = _tree.KeyOf(KeyTree.LeafOf(visitorHash));
            if (key is not null && TryOpen(key, sealed_, text)) return SealState.Readable;
            // Before there were leaves, all was sealed under what is the root now.
            if (_tree.Root is { } root && TryOpen(root, sealed_, text)) return SealState.Readable;
            return key is null ? SealState.Erased : SealState.Shredded;
        }
    }

    /// <summary>Lets go of everything: nothing is sealed or opened with it any more.</summary>
    internal void Drop()
    {
        lock (_making)
        {
            _isDropped = true;
            foreach (var leaf in _leaves) leaf?.Drop();
            _tree.Clear();
        }
    }

    private Leaf? Make(int number)
    {
        lock (_making)
        {
            if (_isDropped) return null;
            return _leaves[number] ??= new Leaf(_tree.KeyOf(number));
        }
    }

    private static bool TryOpen(byte[] key, ReadOnlySpan<byte> sealed_, byte[] text)
    {
        if (sealed_.Length < NonceBytes + TagBytes) return false;
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(sealed_[..NonceBytes], sealed_[NonceBytes..^TagBytes], sealed_[^TagBytes..], text);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>A leaf that seals, or one that was taken away.</summary>
    private sealed class Leaf(byte[]? key)
    {
        public Lock Gate { get; } = new();

        public AesGcm? Cipher { get; } = key is null ? null : new AesGcm(key, TagBytes);

        public bool IsDropped { get; private set; }

        public void Drop()
        {
            lock (Gate)
            {
                IsDropped = true;
                Cipher?.Dispose();
            }
        }
    }
}
