using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>An event that could not be projected, and why.</summary>
internal sealed record DeadLetter(RecordedEvent Event, string Reason);
