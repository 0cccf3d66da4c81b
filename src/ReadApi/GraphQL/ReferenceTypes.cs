using Adclicks.Domain.Reference;
using Adclicks.ReadApi.Rest;
using GraphQL;
using GraphQL.Types;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>The fields with reference data, and how a page of items is asked for.</summary>
internal static class ReferenceFields
{
    private const int DefaultLimit = 100, MaxLimit = 1_000;

    /// <summary>Adds <c>advertisers</c>, <c>campaigns</c>, <c>ads</c> and <c>publishers</c> to the queries.</summary>
    public static void Add(ObjectGraphType query, ReferenceTree tree)
    {
        Add<AdvertiserType>("advertisers", ReferenceKind.Advertiser);
        Add<CampaignType>("campaigns", ReferenceKind.Campaign);
        Add<AdType>("ads", ReferenceKind.Ad);
        Add<PublisherType>("publishers", ReferenceKind.Publisher);

        void Add<TType>(string name, ReferenceKind kind) where TType : IGraphType => query.Page<TType, object?>(
            name,
            context => CallerScope.Of(context.User!) is { } scope ? tree.Visible(kind, scope) : throw Problems.NoReports());
    }

    /// <summary>Adds a field with a list of items: one by <c>id</c>, or up to <c>limit</c> that follow <c>after</c>.</summary>
    public static void Page<TType, TSource>(
        this ObjectGraphType<TSource> type, string name, Func<IResolveFieldContext<TSource>, IEnumerable<ReferenceItem>> items) where TType : IGraphType => type
        .Field<NonNullGraphType<ListGraphType<NonNullGraphType<TType>>>>(name)
        .Description("By id.")
        .Argument<StringGraphType>("id", "Only the one with this id.")
        .Argument<StringGraphType>("after", "Only those whose id comes after this.")
        .Argument<IntGraphType>("limit", $"The most of them, up to {MaxLimit}; {DefaultLimit} where absent.")
        .Resolve(context =>
        {
            var limit = context.GetArgument("limit", DefaultLimit);
            if (limit is < 1 or > MaxLimit) throw Problems.Argument("limit", $"The number of items must lie between 1 and {MaxLimit}.");
            var (id, after) = (context.GetArgument<string?>("id"), context.GetArgument<string?>("after"));
            return items(context).Where(item => (id is null || item.Id == id) && string.CompareOrdinal(item.Id, after) > 0).Take(limit);
        });
}

/// <summary>Who pays for clicks.</summary>
internal sealed class AdvertiserType : ObjectGraphType<Advertiser>
{
    public AdvertiserType(ReferenceTree tree)
    {
        Name = "Advertiser";
        Description = "Who pays for clicks.";
        Field(advertiser => advertiser.Id);
        Field(advertiser => advertiser.Name);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<StringGraphType>>>>("allowedRedirectHosts").Description("Hosts that a click may be sent to.")
            .Resolve(context => context.Source.AllowedRedirectHosts);
        this.Page<CampaignType, Advertiser>("campaigns", context => tree.Campaigns(context.Source.Id));
    }
}

/// <summary>A set of ads of one advertiser.</summary>
internal sealed class CampaignType : ObjectGraphType<Campaign>
{
    public CampaignType(ReferenceTree tree)
    {
        Name = "Campaign";
        Description = "A set of ads of one advertiser.";
        Field(campaign => campaign.Id);
        Field(campaign => campaign.Name);
        Field<AdvertiserType>("advertiser").Resolve(context => tree.Find(ReferenceKind.Advertiser, context.Source.AdvertiserId));
        this.Page<AdType, Campaign>("ads", context => tree.Ads(context.Source.Id));
    }
}

/// <summary>What is clicked.</summary>
internal sealed class AdType : ObjectGraphType<Ad>
{
    public AdType(ReferenceTree tree)
    {
        Name = "Ad";
        Description = "What is clicked.";
        Field(ad => ad.Id);
        Field(ad => ad.Name);
        Field(ad => ad.TargetUrl).Description("Where a click leads; empty where nowhere.");
        Field<CampaignType>("campaign").Resolve(context => tree.Find(ReferenceKind.Campaign, context.Source.CampaignId));
    }
}

/// <summary>Who shows ads.</summary>
internal sealed class PublisherType : ObjectGraphType<Publisher>
{
    public PublisherType()
    {
        Name = "Publisher";
        Description = "Who shows ads and is paid for clicks.";
        Field(publisher => publisher.Id);
        Field(publisher => publisher.Name);
    }
}
