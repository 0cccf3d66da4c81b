using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// A key that stands for 16,384 others, and from which any of these can be taken away for good: the pseudorandom function of Goldreich,
/// Goldwasser and Micali (1986). A binary tree of keys; the child on side b of a node is HMAC-SHA256(node, b). Whoever has the root has all
/// leaves. To take a leaf away, the nodes on the way to it are replaced by the siblings beside it, which lead to every leaf but that one.
/// </summary>
internal sealed class KeyTree
{
    /// <summary>Levels below the root.</summary>
    public const int Depth = 14;

    /// <summary>The number of leaves.</summary>
    public const int Leaves = 1 << Depth;

    private const int EntryBytes = 1 + sizeof(ushort) + SecretFile.KeyBytes;
    private readonly Dictionary<(int Depth, int Path), byte[]> _nodes;

    private KeyTree(Dictionary<(int Depth, int Path), byte[]> nodes) => _nodes = nodes;

    /// <summary>The root where nothing was taken away; else null.</summary>
    public byte[]? Root => _nodes.GetValueOrDefault((0, 0));

    /// <summary>The tree below a root of 32 bytes.</summary>
    public static KeyTree Of(byte[] root) => new(new() { [(0, 0)] = root });

    /// <summary>What <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not that.</exception>
    public static KeyTree Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % EntryBytes != 0) throw new FormatException("The tree of keys is cut off.");
        var nodes = new Dictionary<(int, int), byte[]>();
        for (; bytes.Length > 0; bytes = bytes[EntryBytes..])
            nodes[(bytes[0], BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]))] = bytes[(EntryBytes - SecretFile.KeyBytes)..EntryBytes].ToArray();
        return new KeyTree(nodes);
    }

    /// <summary>Depth (1 byte), path (2, big-endian) and key (32) of each node there is: 490 bytes for each leaf taken away, or fewer.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_nodes.Count * EntryBytes];
        var rest = bytes.AsSpan();
        foreach (var ((depth, path), key) in _nodes)
        {
            rest[0] = (byte)depth;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)path);
            key.CopyTo(rest[(EntryBytes - SecretFile.KeyBytes)..]);
            rest = rest[EntryBytes..];
        }

        return bytes;
    }

    /// <summary>The leaf of a visitor: the first bits of the hash.</summary>
    public static int LeafOf(ReadOnlySpan<byte> visitorHash) => BinaryPrimitives.ReadUInt16BigEndian(visitorHash) >> (16 - Depth);

    /// <summary>The key of a leaf, 32 bytes; null where it was taken away.</summary>
    public byte[]? KeyOf(int leaf)
    {
        if (Above(leaf) is not { } at) return null;
        var key = _nodes[(at, PathAt(leaf, at))];
        for (var depth = at + 1; depth <= Depth; depth++) key = Child(key, PathAt(leaf, depth) & 1);
        return key;
    }

    /// <summary>The tree without a leaf; null where that was taken away before.</summary>
    public KeyTree? Without(int leaf)
    {
        if (Above(leaf) is not { } at) return null;
        var nodes = new Dictionary<(int Depth, int Path), byte[]>(_nodes);
        nodes.Remove((at, PathAt(leaf, at)), out var key);
        for (var depth = at + 1; depth <= Depth; depth++)
        {
            var path = PathAt(leaf, depth);
            nodes[(depth, path ^ 1)] = Child(key!, (path & 1) ^ 1);
            key = Child(key!, path & 1);
        }

        return new KeyTree(nodes);
    }

    /// <summary>Overwrites the keys in memory.</summary>
    public void Clear()
    {
        foreach (var key in _nodes.Values) CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>The depth of the node that leads to a leaf.</summary>
    private int? Above(int leaf)
    {
        for (var depth = 0; depth <= Depth; depth++)
        {
            if (_nodes.ContainsKey((depth, PathAt(leaf, depth)))) return depth;
        }

        return null;
    }

    private static int PathAt(int leaf, int depth) => leaf >> (Depth - depth);

    private static byte[] Child(byte[] node, int side) => HMACSHA256.HashData(node, new[] { (byte)side });
}
