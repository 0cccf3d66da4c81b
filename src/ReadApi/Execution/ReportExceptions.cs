namespace Adclicks.ReadApi.Execution;

/// <summary>A question that ran into the statement time-out.</summary>
public sealed class ReportTimeoutException(TimeSpan limit, Exception inner)
    : Exception($"The question took longer than {limit.TotalSeconds:0.#} s. Ask for a shorter range, fewer dimensions, or no uniques.", inner);

/// <summary>A row of the read models is not what was written. <paramref name="table"/> has it, among those from <paramref name="time"/> on.</summary>
public sealed class ReportDamagedException(string table, DateTime time, Exception inner)
    : Exception($"{table} has a row of {time:yyyy-MM-dd HH:mm} or after that cannot be read: {inner.Message}", inner)
{
    /// <summary>The table.</summary>
    public string Table { get; } = table;
}

/// <summary>The read models are not there, or cannot be reached.</summary>
public sealed class ReportUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
