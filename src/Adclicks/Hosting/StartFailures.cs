using Adclicks.Postgres;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Hosting;

/// <summary>The failures of a start that have a plain reason, which is shown without a stack trace.</summary>
internal static class StartFailures
{
    /// <summary>The reason; null for a failure that is a fault of ours.</summary>
    public static string? Explain(Exception failure) => failure switch
    {
        AggregateException { InnerExceptions.Count: 1 } e => Explain(e.InnerExceptions[0]),
        ClusterException or InvalidDataException or OptionsValidationException => failure.Message,
        EventStore.Reference.PartitionCountException or EventStore.Sharding.ShardMapException => failure.Message,
        NpgsqlException => $"PostgreSQL: {failure.Message}",
        IOException or UnauthorizedAccessException => failure.Message,
        FormatException => $"Configuration: {failure.Message}",
        // What a setting's text cannot be converted to; the binder names the key.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => $"Configuration: {failure.Message}",
        OperationCanceledException => "Stopped before it was ready.",
        _ => null,
    };
}
