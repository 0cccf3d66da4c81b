using System.Text.RegularExpressions;
using Adclicks.Ingestion.Diagnostics;

namespace Adclicks.Ingestion.Tests.Diagnostics;

public sealed partial class ClickReasonTests
{
    [Fact]
    public void Every_reason_is_explained_and_none_that_is_not_there()
    {
        var section = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "ingestion.md")).Split("\n## ").Single(s => s.StartsWith("Reasons", StringComparison.Ordinal));
        var explained = Rows().Matches(section).SelectMany(row => Names().Matches(row.Value)).Select(name => name.Groups[1].Value).Distinct();
        Assert.Equal(Enum.GetValues<ClickReason>().Select(ClickReasons.NameOf).Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    /// <summary>The first cell of each row.</summary>
    [GeneratedRegex("^\\| `[^|]*", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Names();

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Adclicks.sln"))) directory = directory.Parent;
        return directory.FullName;
    }
}
