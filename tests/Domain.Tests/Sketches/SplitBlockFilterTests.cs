using System.Text;
using Adclicks.Domain.Sketches;

namespace Adclicks.Domain.Tests.Sketches;

public sealed class SplitBlockFilterTests
{
    [Fact]
    public void Has_all_that_was_added_and_takes_few_others_for_it()
    {
        var filter = new SplitBlockFilter();
        for (var i = 0; i < SplitBlockFilter.Texts; i++) filter.Add(Utf8($"click-{i}"));

        Assert.All(Enumerable.Range(0, SplitBlockFilter.Texts), i => Assert.True(MayHave(filter, $"click-{i}")));
        Assert.InRange(Enumerable.Range(0, 100_000).Count(i => MayHave(filter, $"other-{i}")), 20, 300);
        filter.Clear();
        Assert.False(MayHave(filter, "click-1"));
    }

    private static bool MayHave(SplitBlockFilter filter, string text)
    {
        var hash = SplitBlockFilter.HashOf(Utf8(text));
        return SplitBlockFilter.MayHave(filter.Bytes.Span.Slice(SplitBlockFilter.BlockAt(hash), SplitBlockFilter.BlockBytes), hash);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
