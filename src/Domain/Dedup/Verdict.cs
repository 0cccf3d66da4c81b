namespace Adclicks.Domain.Dedup;

/// <summary>What became of a click. Its name is as in the table <c>verdicts</c>.</summary>
/// <param name="Name"><c>counted</c>, <c>marked:RULE</c> or <c>duplicate:KIND</c>.</param>
/// <param name="IsCounted">Not a duplicate.</param>
/// <param name="Mark">The rule that marked a counted click as fraudulent, or null.</param>
public sealed record Verdict(string Name, bool IsCounted, string? Mark)
{
    private const string MarkedPrefix = "marked:", DuplicatePrefix = "duplicate:";

    /// <summary>Counted, and nothing speaks against it.</summary>
    public static Verdict Counted { get; } = new("counted", true, null);

    /// <summary>Too close to a counted click of the same visitor on the same ad.</summary>
    public static Verdict DuplicateVisitor { get; } = new("duplicate:visitor", false, null);

    /// <summary>A click of that id was there before.</summary>
    public static Verdict DuplicateEventId { get; } = new("duplicate:event_id", false, null);

    /// <summary>Counted, and marked by a rule.</summary>
    public static Verdict Marked(string rule) => new(MarkedPrefix + rule, true, rule);

    /// <summary>The verdict of a name.</summary>
    public static Verdict Parse(string name) => name.StartsWith(MarkedPrefix, StringComparison.Ordinal)
        ? Marked(name[MarkedPrefix.Length..])
        : new(name, !name.StartsWith(DuplicatePrefix, StringComparison.Ordinal), null);
}
