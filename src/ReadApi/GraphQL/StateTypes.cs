using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;
using Adclicks.ReadApi.Verdicts;
using GraphQL;
using GraphQL.Types;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>The fields about the counts themselves: how fresh they are, which sets of them there are, and what they are made of.</summary>
internal static class StateFields
{
    /// <summary>Adds <c>freshness</c> for everybody, <c>generations</c> and <c>verdicts</c> for analysts.</summary>
    public static void Add(ObjectGraphType query, ReportReader reader, VerdictReader verdicts, IOptions<ReadApiOptions> options, TimeProvider time)
    {
        query.Field<NonNullGraphType<FreshnessType>>("freshness").Description("How far the counts are.")
            .ResolveAsync(context => Problems.GuardAsync(() => reader.FreshnessAsync(context.CancellationToken)));
        query.Field<NonNullGraphType<ListGraphType<NonNullGraphType<GenerationType>>>>("generations").Description("The sets of read models, the oldest first; for analysts.")
            .ResolveAsync(context => Problems.GuardAsync(() =>
            {
                CheckAnalyst(context);
                return reader.GenerationsAsync(context.CancellationToken);
            }));
        query.Field<NonNullGraphType<VerdictReportType>>("verdicts").Description("Clicks by verdict: counted, marked by which rule, duplicate by what; for analysts.")
            .Argument<NonNullGraphType<StringGraphType>>("startTime").Argument<StringGraphType>("endTime").Argument<GranularityType>("granularity")
            .ResolveAsync(context => Problems.GuardAsync(() =>
            {
                CheckAnalyst(context);
                var values = VerdictQuery.Parameters.Select(name => (name, Value: context.GetArgument<string?>(RowType.Camel(name))))
                    .Where(given => given.Value is { Length: > 0 }).ToDictionary(given => given.name, given => given.Value!);
                var asked = VerdictQuery.Read(new ReportParameters(values, VerdictQuery.Parameters), new RequestContext(time.GetUtcNow(), options.Value));
                return verdicts.ReadAsync(asked, context.CancellationToken);
            }));
    }

    private static void CheckAnalyst(IResolveFieldContext context)
    {
        if (CallerScope.Of(context.User!) != ReportScope.Everything) throw Problems.ForAnalysts();
    }
}

/// <summary>How far the counts are.</summary>
internal sealed class FreshnessType : ObjectGraphType<Freshness>
{
    public FreshnessType()
    {
        Name = "Freshness";
        Field<NonNullGraphType<IntGraphType>>("generation").Description("The read models that reports are taken from.").Resolve(context => context.Source.Generation);
        Field<DateTimeOffsetGraphType>("freshUntil").Description("Every click acknowledged before this instant is counted.").Resolve(context => context.Source.FreshUntil);
        Field<DateTimeOffsetGraphType>("closedThrough").Description("Hours that end by then are closed for billing.").Resolve(context => context.Source.ClosedThrough);
    }
}

/// <summary>A set of read models.</summary>
internal sealed class GenerationType : ObjectGraphType<GenerationInfo>
{
    public GenerationType()
    {
        Name = "Generation";
        Description = "A complete set of read models.";
        Field<NonNullGraphType<IntGraphType>>("id").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<StringGraphType>>("state").Description("active, building, standby or retired.").Resolve(context => context.Source.State);
        Field<NonNullGraphType<DateTimeOffsetGraphType>>("createdAt").Resolve(context => context.Source.CreatedAt);
        Field<DateTimeOffsetGraphType>("activatedAt").Description("When reports last turned to it.").Resolve(context => context.Source.ActivatedAt);
    }
}

/// <summary>Clicks by verdict.</summary>
internal sealed class VerdictReportType : ObjectGraphType<VerdictReport>
{
    public VerdictReportType()
    {
        Name = "VerdictReport";
        Field<NonNullGraphType<IntGraphType>>("generation").Resolve(context => context.Source.Generation);
        Field<DateTimeOffsetGraphType>("freshUntil").Resolve(context => context.Source.FreshUntil);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<VerdictRowType>>>>("rows").Description("In each bucket they add up to gross.").Resolve(context => context.Source.Rows);
    }
}

/// <summary>Clicks of one verdict in one bucket.</summary>
internal sealed class VerdictRowType : ObjectGraphType<VerdictRow>
{
    public VerdictRowType()
    {
        Name = "VerdictRow";
        Field<NonNullGraphType<StringGraphType>>("time").Resolve(context => ReportJson.Text(context.Source.Time));
        Field<NonNullGraphType<StringGraphType>>("kind").Description("counted, marked (counted as well) or duplicate.").Resolve(context => context.Source.Kind);
        Field<NonNullGraphType<StringGraphType>>("reason").Description("The rule that marked, or what it is a duplicate by.").Resolve(context => context.Source.Reason);
        Field<NonNullGraphType<LongGraphType>>("clicks").Resolve(context => context.Source.Clicks);
    }
}
