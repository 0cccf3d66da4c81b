using System.Text.Json.Serialization;
using Adclicks.Domain.Reference;

namespace Adclicks.Ingestion.Reference;

/// <summary>The body of a <c>PUT</c>, before it is validated: the item's fields, any of which may be missing.</summary>
internal abstract record ItemBody
{
    /// <summary>May be left out; must not differ from the one in the path.</summary>
    public string? Id { get; init; }

    /// <summary>The item, once the body is found to be valid.</summary>
    public abstract ReferenceItem ToItem(string id);
}

internal sealed record AdvertiserBody(string? Name, IReadOnlyList<string?>? AllowedRedirectHosts) : ItemBody
{
    public override ReferenceItem ToItem(string id) =>
        new Advertiser(id, Name ?? "", [.. (AllowedRedirectHosts ?? []).Select(h => h!).Distinct(StringComparer.Ordinal)]);
}

internal sealed record CampaignBody(string? AdvertiserId, string? Name) : ItemBody
{
    public override ReferenceItem ToItem(string id) => new Campaign(id, AdvertiserId!, Name ?? "");
}

internal sealed record AdBody(string? CampaignId, string? Name, string? TargetUrl) : ItemBody
{
    public override ReferenceItem ToItem(string id) => new Ad(id, CampaignId!, Name ?? "", TargetUrl ?? "");
}

internal sealed record PublisherBody(string? Name) : ItemBody
{
    public override ReferenceItem ToItem(string id) => new Publisher(id, Name ?? "");
}

// address_hashes is accepted so that what was read can be written back, and always computed anew.
internal sealed record RuleBody(
    string? Kind, string? Range, IReadOnlyList<string?>? AddressHashes, string? Pattern, int? MaxClicks, int? WindowSeconds, string? Per) : ItemBody
{
    public override ReferenceItem ToItem(string id) => Kind switch
    {
        BlockedIpRange.KindName => new BlockedIpRange(id, Range!, []),
        BadUserAgent.KindName => new BadUserAgent(id, Pattern!),
        _ => new VelocityLimit(id, MaxClicks!.Value, WindowSeconds!.Value, Per == "ip" ? VelocityScope.Ip : VelocityScope.Visitor),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 4)]
[JsonSerializable(typeof(AdvertiserBody))]
[JsonSerializable(typeof(CampaignBody))]
[JsonSerializable(typeof(AdBody))]
[JsonSerializable(typeof(PublisherBody))]
[JsonSerializable(typeof(RuleBody))]
[JsonSerializable(typeof(ChangeMetadata))]
internal sealed partial class ReferenceHttpJson : JsonSerializerContext;
