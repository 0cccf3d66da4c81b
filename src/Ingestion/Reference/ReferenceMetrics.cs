using System.Diagnostics.Metrics;

namespace Adclicks.Ingestion.Reference;

/// <summary>What the commands on reference data count.</summary>
internal static class ReferenceMetrics
{
    private static readonly Meter _meter = new("Adclicks.Ingestion");

    private static readonly Counter<long> _commands =
        _meter.CreateCounter<long>("adclicks.ingestion.reference_commands", "{command}", "Commands on reference data by result");

    public static void Answered(WriteResult result) => _commands.Add(1, new KeyValuePair<string, object?>("result", NameOf(result)));

    private static string NameOf(WriteResult result) => result switch
    {
        WriteResult.Created => "created",
        WriteResult.Changed => "changed",
        WriteResult.Unchanged => "unchanged",
        WriteResult.Removed => "removed",
        WriteResult.NotFound => "not_found",
        WriteResult.PreconditionFailed => "precondition_failed",
        WriteResult.ParentMissing => "parent_missing",
        WriteResult.HasChildren => "has_children",
        _ => "contended",
    };
}
