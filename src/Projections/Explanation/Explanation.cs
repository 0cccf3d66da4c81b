using System.Text.Json;
using System.Text.Json.Serialization;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;

namespace Adclicks.Projections.Explanation;

/// <summary>What became of a click, and why.</summary>
/// <param name="ClickId">Its event id.</param>
/// <param name="Stream">Where it is.</param>
/// <param name="Revision">Its event there.</param>
/// <param name="Index">Its place in the event.</param>
/// <param name="Said">Its fields as recorded; sealed ones never, personal ones where the reader may see them.</param>
/// <param name="Reference">What of the reference data applied.</param>
/// <param name="Verdict">As the reports name it.</param>
/// <param name="Rules">What was asked, in order.</param>
/// <param name="Counted">Where it was counted, and as what.</param>
/// <param name="Billing">The entry of the ledger it belongs to.</param>
public sealed record Explanation(
    string ClickId, string Stream, long Revision, int Index, IReadOnlyDictionary<string, object> Said, AppliedReference Reference, string Verdict,
    IReadOnlyList<AskedRule> Rules, CountedClick Counted, BilledClick Billing)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Json) { WriteIndented = true };

    /// <summary>The sealed copy of address and user id; null for none. Not shown as it is.</summary>
    [JsonIgnore]
    public SealedCopy? Sealed { get; init; }

    /// <summary>As JSON, on one line or several.</summary>
    public string ToJson(bool indented = false) => JsonSerializer.Serialize(this, indented ? Indented : Json);

    /// <summary>Without what is personal about the visitor, and without what rules are made of, which may name one: for advertisers.</summary>
    public Explanation WithoutPersonalData() => this with
    {
        Said = Said.Where(f => !ClickFields.Personal.Contains(f.Key)).ToDictionary(),
        Sealed = null,
        Rules = [.. Rules.Select(r => r.WithoutItsParameters())],
    };

    /// <summary>With more said of the click: for who may know it.</summary>
    public Explanation With(IEnumerable<KeyValuePair<string, object>> said) => this with { Said = new Dictionary<string, object>([.. Said.Where(f => f.Key != "sealed"), .. said]) };
}

/// <summary>What is sealed of a click, and what it takes to open it besides the key.</summary>
/// <param name="Day">Of receipt, in days since the Unix epoch.</param>
/// <param name="VisitorHash">16 bytes.</param>
/// <param name="Bytes">As in the log.</param>
public sealed record SealedCopy(uint Day, byte[] VisitorHash, byte[] Bytes);

/// <summary>The reference data of a click.</summary>
/// <param name="Revision">As of which it was judged.</param>
/// <param name="AdIsRegistered">Whether its ad was known then.</param>
/// <param name="CampaignId">It was counted under.</param>
/// <param name="AdvertiserId">It was counted under.</param>
public sealed record AppliedReference(long Revision, bool AdIsRegistered, string CampaignId, string AdvertiserId);

/// <summary>A rule that was asked about a click.</summary>
/// <param name="Rule"><c>duplicate:event_id</c>, <c>duplicate:visitor</c>, <c>crawler</c>, <c>ingest_mark</c> or <c>rule:ID</c>.</param>
/// <param name="Outcome"><c>hit</c>, <c>passed</c>, or <c>not_asked</c> because an earlier one hit.</param>
/// <param name="Facts">What it looked at.</param>
public sealed record AskedRule(string Rule, string Outcome, object? Facts)
{
    /// <summary>Of a rule that is reference data, its kind alone and the clicks it counted.</summary>
    public AskedRule WithoutItsParameters() => Facts switch
    {
        BlockedIpRange => this with { Facts = new KindFacts(BlockedIpRange.KindName) },
        BadUserAgent => this with { Facts = new KindFacts(BadUserAgent.KindName) },
        VelocityFacts velocity => this with { Facts = new KindFacts(VelocityLimit.KindName, velocity.ClicksNear) },
        _ => this,
    };
}

/// <summary>An earlier click that mattered.</summary>
public sealed record EarlierClick(string ClickId, string Stream, long Revision, int Index, DateTimeOffset ClickedAt, string Verdict);

/// <summary>The facts of a look for duplicates.</summary>
public sealed record DuplicateFacts(int? WindowMs, EarlierClick? Earlier, long? DistanceMs);

/// <summary>The facts of a velocity rule: clicks of the source on the ad before, less than the window from it.</summary>
public sealed record VelocityFacts(VelocityLimit Rule, int ClicksNear);

/// <summary>What is told of a rule without its parameters.</summary>
public sealed record KindFacts(string Kind, int? ClicksNear = null);

/// <summary>Where a click was counted.</summary>
public sealed record CountedClick(DateTimeOffset Minute, DateTimeOffset Hour, DateOnly Day, int Gross, int Click, int Fraudulent, int Billable);

/// <summary>What of the ledger covers a click.</summary>
/// <param name="State"><c>closed</c>, <c>adjustment</c>, or <c>open</c>: no entry covers it yet.</param>
/// <param name="Hour">The hour of the entry.</param>
/// <param name="Hash">Of the entry.</param>
/// <param name="ClosedAt">When it was written.</param>
public sealed record BilledClick(string State, DateTimeOffset? Hour, string? Hash, DateTimeOffset? ClosedAt);
