namespace Adclicks.ReadApi.Execution;

/// <summary>A question that ran into the statement time-out.</summary>
public sealed class ReportTimeoutException(TimeSpan limit, Exception inner)
    : Exception($"The question took longer than {limit.TotalSeconds:0.#} s. Ask for a shorter range, fewer dimensions, or no uniques.", inner);

/// <summary>The read models are not there, or cannot be reached.</summary>
public sealed class ReportUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
