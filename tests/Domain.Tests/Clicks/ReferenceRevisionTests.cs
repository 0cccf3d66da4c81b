using System.Text;
using Adclicks.Domain.Clicks;

namespace Adclicks.Domain.Tests.Clicks;

public sealed class ReferenceRevisionTests
{
    [Fact]
    public void It_is_read_from_what_was_written()
    {
        var metadata = new ClicksRecordedMetadata(1, "node", 42, "id", 3, new Dictionary<string, int> { ["2026-11-24T02"] = 3 });
        Assert.Equal(42, ClicksRecordedMetadata.ReadReferenceRevision(metadata.ToJson()));
    }

    [Theory]
    [InlineData("", -1)]
    [InlineData("{}", -1)]
    [InlineData("""{"hours":{"reference_revision":7},"node":[1,{"x":2}]}""", -1)]
    [InlineData("""{"hours":{"reference_revision":7},"reference_revision":-1}""", -1)]
    [InlineData("""{"later":null,"reference_revision":9}""", 9)]
    public void Where_it_is_not_said_nothing_was_applied(string json, long revision) =>
        Assert.Equal(revision, ClicksRecordedMetadata.ReadReferenceRevision(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"reference_revision":"7"}""")]
    [InlineData("""{"reference_revision":1.5}""")]
    [InlineData("""{"node":""")]
    public void Anything_else_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ClicksRecordedMetadata.ReadReferenceRevision(Encoding.UTF8.GetBytes(json)));
}
