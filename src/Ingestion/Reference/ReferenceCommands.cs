using Adclicks.Domain.Reference;
using MediatR;

namespace Adclicks.Ingestion.Reference;

/// <summary>Puts an item into the state given.</summary>
/// <param name="Item">Its whole state, within its limits.</param>
/// <param name="Precondition">What its last event must be for that.</param>
/// <param name="Author">Who asked.</param>
public sealed record DefineItem(ReferenceItem Item, Precondition Precondition, Author Author) : IRequest<WriteOutcome>;

/// <summary>Removes an item. Its history stays, and it can be defined again.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Which one.</param>
/// <param name="Precondition">What its last event must be for that.</param>
/// <param name="Author">Who asked.</param>
public sealed record RemoveItem(ReferenceKind Kind, string Id, Precondition Precondition, Author Author) : IRequest<WriteOutcome>;

/// <summary>Who changes reference data, as the event's metadata has it.</summary>
/// <param name="Name">The name of the key used; empty where there is none.</param>
/// <param name="CorrelationId">Of the request.</param>
/// <param name="KeyId">Which key; empty where there is none.</param>
/// <param name="Role">As what it acted.</param>
public readonly record struct Author(string Name, string CorrelationId, string KeyId = "", string Role = "");

/// <summary>How a command ended.</summary>
public enum WriteResult
{
    /// <summary>The item was not there before.</summary>
    Created,

    /// <summary>It was in another state before.</summary>
    Changed,

    /// <summary>It was in this state already; no event was written.</summary>
    Unchanged,

    /// <summary>It is no more.</summary>
    Removed,

    /// <summary>There is no such item to remove.</summary>
    NotFound,

    /// <summary>Its last event is not what the precondition says.</summary>
    PreconditionFailed,

    /// <summary>The item it belongs to is not there.</summary>
    ParentMissing,

    /// <summary>Other items belong to it; they go first.</summary>
    HasChildren,

    /// <summary>Others kept changing reference data; nothing was written.</summary>
    Contended,
}

/// <summary>The answer to a command.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Revision">Of the last event of the item, where it is there; else −1.</param>
public readonly record struct WriteOutcome(WriteResult Result, long Revision);
