namespace Adclicks.ReadApi.Queries;

/// <summary>A query that cannot be answered as asked. Says which parameter is wrong and what would be right.</summary>
public sealed class ReportQueryException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="parameter">The parameter's name as the caller wrote it.</param>
    /// <param name="message">One sentence for a person.</param>
    /// <param name="allowed">The values that would have been accepted, where they can be listed.</param>
    public ReportQueryException(string parameter, string message, IReadOnlyList<string>? allowed = null)
        : base(message)
    {
        Parameter = parameter;
        Allowed = allowed ?? [];
    }

    /// <summary>The parameter's name.</summary>
    public string Parameter { get; }

    /// <summary>The accepted values; empty where they cannot be listed.</summary>
    public IReadOnlyList<string> Allowed { get; }
}
