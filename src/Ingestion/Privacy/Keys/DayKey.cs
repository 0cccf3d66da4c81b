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
/// The key of a day, as this process has it in memory: seals and opens under the leaf of the visitor. Safe for all threads. The key of a
/// leaf takes many hashes to find, so each leaf that seals keeps its own: about 100 bytes, for at most 16,384 leaves.
/// </summary>
public sealed class DayKey
{
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
        return leaf?.TrySeal(sealed_);
    }

    /// <summary>Opens what was sealed; null where the key is no longer to be used: ask for another.</summary>
    internal SealState? TryOpen(ReadOnlySpan<byte> visitorHash, ReadOnlySpan<byte> sealed_, out byte[] text)
    {
        text = [];
        lock (_making)
        {
            if (_isDropped) return null;
            var key = _tree.KeyOf(KeyTree.LeafOf(visitorHash));
            // Before there were leaves, all was sealed under what is the root now.
            if ((Open(key, sealed_) ?? Open(_tree.Root, sealed_)) is not { } opened) return key is null ? SealState.Erased : SealState.Shredded;
            text = opened;
            return SealState.Readable;
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

    private static byte[]? Open(byte[]? key, ReadOnlySpan<byte> sealed_) => key is null ? null : SealCipher.Open(key, sealed_);

    /// <summary>A leaf that seals, or one that was taken away.</summary>
    private sealed class Leaf(byte[]? key)
    {
        private readonly Lock _gate = new();
        private bool _isDropped;

        /// <inheritdoc cref="DayKey.TrySeal"/>
        public bool? TrySeal(Span<byte> sealed_)
        {
            if (key is null) return false;
            lock (_gate)
            {
                if (_isDropped) return null;
                SealCipher.Seal(key, sealed_);
            }

            return true;
        }

        public void Drop()
        {
            lock (_gate)
            {
                _isDropped = true;
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }
}
