using System.Collections.Concurrent;
using System.Text;

namespace Adclicks.Domain.Reference;

/// <summary>
/// Every version of every item by the revision of <c>reference</c> that brought it, so that the state as of any applied
/// revision can be asked for without having been kept. One writer; any number of readers, which take no lock.
/// Memory: one entry for each event.
/// </summary>
public sealed class ReferenceHistory
{
    private readonly ConcurrentDictionary<byte[], ItemVersions>[] _kinds =
        [.. Enum.GetValues<ReferenceKind>().Select(_ => new ConcurrentDictionary<byte[], ItemVersions>(1, 31, Utf8Comparer.Instance))];

    private readonly ConcurrentDictionary<byte[], ItemVersions>.AlternateLookup<ReadOnlySpan<byte>>[] _bySpan;

    // Which events changed a rule at all: what is compiled from the rules is good until the next.
    private readonly ItemVersions _ruleChanges = new([]);
    private long _applied = -1;

    /// <summary>Creates an empty one.</summary>
    public ReferenceHistory() => _bySpan = [.. _kinds.Select(k => k.GetAlternateLookup<ReadOnlySpan<byte>>())];

    /// <summary>The last revision applied; −1 before the first.</summary>
    public long AppliedRevision => Volatile.Read(ref _applied);

    /// <summary>The state as of the last revision applied.</summary>
    public ReferenceView Current => new(this, AppliedRevision);

    /// <summary>Applies the event at a revision. For the one writer.</summary>
    /// <param name="revision">The one after the last applied.</param>
    /// <param name="change">What it changes; null for an event that changes no item.</param>
    /// <exception cref="InvalidOperationException">The revision is not the next one.</exception>
    public void Apply(long revision, ReferenceChange? change)
    {
        if (revision != _applied + 1) throw new InvalidOperationException($"Revision {revision} cannot follow {_applied}.");
        if (change is not null) Add(revision, change);
        Volatile.Write(ref _applied, revision);
    }

    /// <summary>The state as of a revision: after the event there, before the next.</summary>
    /// <param name="revision">−1 (nothing yet) to <see cref="AppliedRevision"/>.</param>
    /// <exception cref="InvalidOperationException">It is not yet applied: the answer could be wrong.</exception>
    public ReferenceView AsOf(long revision) => revision <= AppliedRevision
        ? new(this, revision)
        : throw new InvalidOperationException($"Revision {revision} of the reference data is not yet applied; {AppliedRevision} is.");

    /// <summary>All versions of an item, oldest first; empty where it never was.</summary>
    public IReadOnlyList<ItemVersion> VersionsOf(ReferenceKind kind, string id)
    {
        if (!_kinds[(int)kind].TryGetValue(Encoding.UTF8.GetBytes(id), out var versions)) return [];
        return [.. Enumerable.Range(0, versions.Count).Select(i => versions[i])];
    }

    internal ItemVersions? Find(ReferenceKind kind, ReadOnlySpan<byte> idUtf8) =>
        _bySpan[(int)kind].TryGetValue(idUtf8, out var versions) ? versions : null;

    internal IEnumerable<ItemVersions> All(ReferenceKind kind) => _kinds[(int)kind].Select(entry => entry.Value);

    internal long LastRuleChange(long revision) => _ruleChanges.LastAsOf(revision)?.Revision ?? -1;

    private void Add(long revision, ReferenceChange change)
    {
        var parent = change.Item?.Parent is { } p ? Entry(p.Kind, p.Id) : null;
        Entry(change.Kind, change.Id).Add(new ItemVersion(revision, change.Item), parent);
        if (change.Kind == ReferenceKind.Rule) _ruleChanges.Add(new ItemVersion(revision, null), null);
    }

    private ItemVersions Entry(ReferenceKind kind, string id) =>
        _kinds[(int)kind].GetOrAdd(Encoding.UTF8.GetBytes(id), key => new ItemVersions(key));
}
