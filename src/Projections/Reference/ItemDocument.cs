using Adclicks.Domain.Reference;

namespace Adclicks.Projections.Reference;

/// <summary>
/// The latest state of an item as a Marten document: what reports and people join names from. Removed items are kept,
/// marked as deleted.
/// </summary>
/// <typeparam name="TItem">The kind of item.</typeparam>
public sealed class ItemDocument<TItem> where TItem : ReferenceItem
{
    /// <summary>See <see cref="ReferenceDocuments.KeyOf"/>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Of the event that brought the state.</summary>
    public long Revision { get; set; }

    /// <summary>The state.</summary>
    public TItem Item { get; set; } = null!;
}
