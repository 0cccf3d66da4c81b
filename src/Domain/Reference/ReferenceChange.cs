namespace Adclicks.Domain.Reference;

/// <summary>One change of reference data: an item's whole new state, or its removal.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Which one.</param>
/// <param name="Item">Its state from now on; null when it was removed.</param>
public sealed record ReferenceChange(ReferenceKind Kind, string Id, ReferenceItem? Item)
{
    /// <summary>The item is as given from now on.</summary>
    public static ReferenceChange Define(ReferenceItem item) => new(item.ItemKind, item.Id, item);

    /// <summary>The item is no more. Its history stays.</summary>
    public static ReferenceChange Remove(ReferenceKind kind, string id) => new(kind, id, null);
}
