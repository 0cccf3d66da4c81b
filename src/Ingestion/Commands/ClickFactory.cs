using System.Net;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Enrichment;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Validation;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Commands;

/// <summary>
/// Makes the click that is stored of what a client sent: decides its time, adds what address and user agent tell, and
/// replaces the person by keyed hashes. What an unauthenticated client says of time, address and place is not believed, nor that it clicked for
/// an advertiser who is registered: his clicks are those of his ads.
/// </summary>
internal sealed class ClickFactory(ClientAddresses addresses, UserAgents agents, VisitorHasher hasher, PersonalDataSealer sealer, ReferenceFeed reference, IOptions<IngestionOptions> options, TimeProvider time)
{
    private const string Anonymous = "anonymous:";

    /// <summary>Whether a click is made of what is in memory: else a key is read first, and perhaps a vault asked.</summary>
    public bool IsReady => sealer.IsReady(PrivacyDay.Of(time.GetUtcNow()));

    public Click Create(RawClick raw, RequestFacts facts)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var trusted = facts.IsAuthenticated;
        var address = addresses.Of(AddressOf(raw, facts));
        var userAgent = trusted ? raw.UserAgent : Cut(facts.UserAgent);
        var userId = facts.NoUserId ? "" : raw.UserId;
        var agent = agents.Of(userAgent, trusted ? null : facts.Hints);
        var place = trusted && raw.GeoCountry.Length > 0 ? Place.Unknown : address.Place;
        var day = PrivacyDay.Of(now);
        var visitorHash = hasher.OfVisitor(userId, address.Text, userAgent);
        return new Click
        {
            EventId = IdOf(raw, facts, now),
            ClickedAtMs = trusted && raw.TimestampMs is { } sent && sent <= nowMs + options.Value.MaxAheadMs ? sent : nowMs,
            ServerTimestampMs = nowMs,
            TimestampMs = raw.TimestampMs,
            AdId = raw.AdId,
            CampaignId = raw.CampaignId,
            AdvertiserId = trusted || !IsRegistered(raw.AdvertiserId) ? raw.AdvertiserId : "",
            PublisherId = raw.PublisherId,
            VisitorHash = visitorHash,
            IpHash = address.Hash,
            IpPrefix = address.Prefix,
            Country = Given(trusted, raw.GeoCountry, place.Country).ToUpperInvariant(),
            Region = Given(trusted, raw.GeoRegion, place.Region),
            City = Given(trusted, raw.GeoCity, place.City),
            DeviceType = Given(trusted, raw.DeviceType, agent.DeviceType),
            Os = Given(trusted, raw.Os, agent.Os),
            Browser = Given(trusted, raw.Browser, agent.Browser),
            UserAgent = userAgent,
            Crawler = agent.Crawler,
            ClickUrl = raw.ClickUrl,
            ReferrerUrl = raw.ReferrerUrl,
            ImpressionId = raw.ImpressionId,
            Source = facts.Source,
            IngestMark = facts.Mark is { } mark ? ClickReasons.NameOf(mark) : "",
            AdditionalParams = raw.AdditionalParams ?? [],
            Sealed = sealer.Seal(day, visitorHash, address.Text, userId),
            SealedDay = day,
        };
    }

    /// <summary>Ids that anybody may send are kept apart from those of partners, whose clicks would else be taken for the second of theirs.</summary>
    private static string IdOf(RawClick raw, RequestFacts facts, DateTimeOffset now)
    {
        if (raw.EventId.Length == 0) return RandomBytes.NewUuid(now).ToString();
        return facts.IsAuthenticated || facts.Source == ClickSource.Pixel ? raw.EventId : Anonymous + raw.EventId;
    }

    /// <summary>A partner's own address says nothing of the visitor: what it does not send is unknown.</summary>
    private static IPAddress? AddressOf(RawClick raw, RequestFacts facts)
    {
        if (!facts.IsAuthenticated) return facts.Address;
        return raw.IpAddress.Length > 0 ? IPAddress.Parse(raw.IpAddress) : null;
    }

    private bool IsRegistered(string advertiserId) =>
        advertiserId.Length > 0 && reference.History.AsOf(reference.AppliedRevision).Find(ReferenceKind.Advertiser, Encoding.UTF8.GetBytes(advertiserId)) is not null;

    private static string Given(bool trusted, string sent, string found) => trusted && sent.Length > 0 ? sent : found;

    /// <summary>A header may be longer than the field, and hold what no field may.</summary>
    private static string Cut(string userAgent)
    {
        var cut = userAgent.Length <= ClickLimits.UserAgentLength ? userAgent : userAgent[..ClickLimits.UserAgentLength];
        return cut.AsSpan().ContainsAny(ClickLimits.Controls) ? string.Concat(cut.Where(c => !char.IsControl(c))) : cut;
    }
}
