namespace Adclicks.Import;

/// <summary>What has come of an import so far. The list of refused lines is bounded; the count is not.</summary>
internal sealed class ImportSummary(TextWriter? rejects)
{
    /// <summary>Refused lines that are shown at the end.</summary>
    public const int MaxShown = 20;

    private readonly List<(long Line, string Reason)> _shown = [];

    public long Accepted { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>The first refused lines, by line.</summary>
    public IEnumerable<(long Line, string Reason)> Shown => _shown.OrderBy(r => r.Line);

    public void Accept(int clicks) => Accepted += clicks;

    public void Reject(long line, string reason)
    {
        Rejected++;
        if (_shown.Count < MaxShown) _shown.Add((line, reason));
        rejects?.WriteLine($"{line}\t{reason}");
    }
}
