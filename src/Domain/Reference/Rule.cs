using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Adclicks.Domain.Reference;

/// <summary>An invalid-traffic rule: what marks a counted click as fraudulent.</summary>
/// <param name="Id">Names the rule in reports.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(BlockedIpRange), BlockedIpRange.KindName)]
[JsonDerivedType(typeof(BadUserAgent), BadUserAgent.KindName)]
[JsonDerivedType(typeof(VelocityLimit), VelocityLimit.KindName)]
public abstract record Rule(string Id) : ReferenceItem(Id)
{
    /// <summary>The values of <c>kind</c>.</summary>
    public static IReadOnlyList<string> KindNames { get; } =
        [BlockedIpRange.KindName, BadUserAgent.KindName, VelocityLimit.KindName];
}

/// <summary>Marks clicks from a range of addresses.</summary>
/// <param name="Id">Names the rule in reports.</param>
/// <param name="Range">CIDR, as <c>203.0.113.0/24</c>, with no bits set after the prefix.</param>
/// <param name="AddressHashes">
/// A click keeps only /24 or /48 of its address in the clear. For a range narrower than that, the keyed hashes of its
/// addresses (lower-case hexadecimal of 16 bytes each, sorted), filled in when the rule is defined; otherwise empty.
/// </param>
public sealed record BlockedIpRange(string Id, string Range, IReadOnlyList<string> AddressHashes) : Rule(Id)
{
    /// <summary>The value of <c>kind</c>.</summary>
    public const string KindName = "blocked_ip_range";
}

/// <summary>Marks clicks whose user agent matches.</summary>
/// <param name="Id">Names the rule in reports.</param>
/// <param name="Pattern">A regular expression without look-around or back references; letter case does not matter.</param>
public sealed record BadUserAgent(string Id, string Pattern) : Rule(Id)
{
    /// <summary>The value of <c>kind</c>.</summary>
    public const string KindName = "bad_user_agent";

    /// <summary>
    /// The pattern ready to match: in time linear in the user agent, whatever the pattern.
    /// </summary>
    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking, or is too large.</exception>
    public static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
}

/// <summary>Marks clicks on one ad by one source beyond a number within a time.</summary>
/// <param name="Id">Names the rule in reports.</param>
/// <param name="MaxClicks">This many are still good.</param>
/// <param name="WindowSeconds">Within this time.</param>
/// <param name="Per">Whose clicks are counted together.</param>
public sealed record VelocityLimit(string Id, int MaxClicks, int WindowSeconds, VelocityScope Per) : Rule(Id)
{
    /// <summary>The value of <c>kind</c>.</summary>
    public const string KindName = "velocity";
}

/// <summary>Whose clicks a velocity rule counts together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VelocityScope>))]
public enum VelocityScope
{
    /// <summary>One client address.</summary>
    [JsonStringEnumMemberName("ip")]
    Ip,

    /// <summary>One visitor.</summary>
    [JsonStringEnumMemberName("visitor")]
    Visitor,
}
