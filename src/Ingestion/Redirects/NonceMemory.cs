using System.IO.Hashing;
using System.Text;

namespace Adclicks.Ingestion.Redirects;

/// <summary>
/// The nonces of signed URLs that this node has seen used: the last so many. In memory alone, so a restart forgets, and
/// nodes do not share it.
/// </summary>
/// <param name="capacity">How many; the oldest makes room.</param>
public sealed class NonceMemory(int capacity)
{
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly UInt128[] _order = new UInt128[capacity];
    private int _next;
    private int _count;

    /// <summary>Whether this is the first use of a nonce of a key.</summary>
    public bool TryUse(string keyId, string nonce)
    {
        var hash = HashOf(keyId, nonce);
        lock (_gate)
        {
            if (!_seen.Add(hash)) return false;
            if (_count == capacity) _seen.Remove(_order[_next]);
            else _count++;
            _order[_next] = hash;
            _next = (_next + 1) % capacity;
            return true;
        }
    }

    /// <summary>As if it had not been used. What it took of the memory is free when its turn comes.</summary>
    public void Forget(string keyId, string nonce)
    {
        lock (_gate) _seen.Remove(HashOf(keyId, nonce));
    }

    private static UInt128 HashOf(string keyId, string nonce) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(keyId + "\n" + nonce));
}
