using System.Text;
using Adclicks.Domain.Clicks;

namespace Adclicks.Projections.Explanation;

/// <summary>By what clicks are compared with earlier ones: id, visitor and ad, address and ad.</summary>
internal static class SourceKeys
{
    public static string Id(in ClickView click) => "i" + Encoding.UTF8.GetString(click.EventId);

    public static string Visitor(in ClickView click) => "v" + Convert.ToHexString(click.VisitorHash) + Encoding.UTF8.GetString(click.AdId);

    public static string Address(in ClickView click) => "a" + Convert.ToHexString(click.IpHash) + Encoding.UTF8.GetString(click.AdId);

    public static string[] Of(in ClickView click) => [Id(click), Visitor(click), Address(click)];
}
