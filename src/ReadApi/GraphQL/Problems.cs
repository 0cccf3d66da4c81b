using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using GraphQL;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>What can go wrong with a field, as errors with a code and, where there is one, the argument.</summary>
internal static class Problems
{
    /// <summary>The caller's role has no reports at all.</summary>
    public static ExecutionError NoReports() => new("This key may not read reports.") { Code = "FORBIDDEN" };

    /// <summary>The field is over all advertisers.</summary>
    public static ExecutionError ForAnalysts() => new("This is for analysts.") { Code = "FORBIDDEN" };

    /// <summary>An argument that cannot be taken.</summary>
    public static ExecutionError Argument(string name, string message, IReadOnlyList<string>? allowed = null) => new(message)
    {
        Code = "INVALID_ARGUMENT",
        Extensions = new Dictionary<string, object?> { ["parameter"] = RowType.Camel(name), ["allowed"] = allowed ?? [] },
    };

    /// <summary>Answers a field, and says what it could not be answered for.</summary>
    public static async Task<object?> GuardAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (ReportQueryException e)
        {
            throw Argument(e.Parameter, e.Message, e.Allowed);
        }
        catch (Exception e) when (e is ReportTimeoutException or ReportUnavailableException)
        {
            throw new ExecutionError(e.Message) { Code = e is ReportTimeoutException ? "TIMEOUT" : "UNAVAILABLE" };
        }
    }
}
