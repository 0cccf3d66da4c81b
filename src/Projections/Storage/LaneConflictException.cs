namespace Adclicks.Projections.Storage;

/// <summary>The lane is no longer ours, or not as we left it: nothing was written, and all we know of it is void.</summary>
internal sealed class LaneConflictException(string message) : Exception(message);
