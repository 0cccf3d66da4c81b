namespace Adclicks.Domain.Reference;

/// <summary>One version of an item.</summary>
/// <param name="Revision">Of the event that brought it.</param>
/// <param name="Item">The state from there on; null when removed.</param>
public readonly record struct ItemVersion(long Revision, ReferenceItem? Item);

/// <summary>
/// The versions of one item, oldest first. One writer appends; readers take no lock: an element is written before the
/// count that covers it is published, and never again.
/// </summary>
internal sealed class ItemVersions(byte[] idUtf8)
{
    private Node[] _nodes = new Node[1];
    private int _count;

    /// <summary>The item's id. Not to be written to.</summary>
    public byte[] IdUtf8 { get; } = idUtf8;

    public int Count => Volatile.Read(ref _count);

    public ItemVersion this[int index] => Volatile.Read(ref _nodes)[index].Version;

    /// <summary>Adds a version; <paramref name="parent"/> spares readers the way over the parent's id.</summary>
    public void Add(ItemVersion version, ItemVersions? parent)
    {
        if (_count == _nodes.Length)
        {
            var larger = new Node[_count * 2];
            _nodes.CopyTo(larger, 0);
            Volatile.Write(ref _nodes, larger);
        }

        _nodes[_count] = new Node(version, parent);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The state after all events up to <paramref name="revision"/>; null where it was not there.</summary>
    public ReferenceItem? AsOf(long revision) => AsOf(revision, out _);

    public ReferenceItem? AsOf(long revision, out ItemVersions? parent)
    {
        parent = null;
        var count = Count;
        var nodes = Volatile.Read(ref _nodes);
        var index = LastIndex(nodes.AsSpan(0, count), revision);
        if (index < 0) return null;
        parent = nodes[index].Parent;
        return nodes[index].Version.Item;
    }

    /// <summary>The last version of all, or none.</summary>
    public ItemVersion? LastAsOf(long revision)
    {
        var count = Count;
        var nodes = Volatile.Read(ref _nodes).AsSpan(0, count);
        var index = LastIndex(nodes, revision);
        return index < 0 ? null : nodes[index].Version;
    }

    private static int LastIndex(ReadOnlySpan<Node> nodes, long revision)
    {
        // Live readers ask for the newest: try it before searching.
        if (nodes.IsEmpty || nodes[^1].Version.Revision <= revision) return nodes.Length - 1;
        var (low, high) = (0, nodes.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (nodes[middle].Version.Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private readonly record struct Node(ItemVersion Version, ItemVersions? Parent);
}
