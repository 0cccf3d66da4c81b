using System.Text.Json;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;
using GraphQL.Types;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>An answer and the question it answers: rows need both to name their values.</summary>
internal sealed record Answer(ReportRequest Request, ReportResult Result);

/// <summary>A row of an answer.</summary>
internal sealed record AnswerRow(Answer Answer, ReportRow Row);

/// <summary>The rows of a report, and what they hold.</summary>
internal sealed class ReportType : ObjectGraphType<Answer>
{
    public ReportType()
    {
        Name = "Report";
        Field<NonNullGraphType<IntGraphType>>("generation").Description("The read models it was taken from.")
            .Resolve(context => context.Source.Result.Generation);
        Field<DateTimeOffsetGraphType>("freshUntil").Description("Every click acknowledged before this instant is counted.")
            .Resolve(context => context.Source.Result.FreshUntil);
        Field<NonNullGraphType<BooleanGraphType>>("complete").Description("Every click acknowledged before the end of the range is counted.")
            .Resolve(context => context.Source.Result.State.IsComplete);
        Field<DateTimeOffsetGraphType>("finalAt").Description("When the last hour of the range was closed for billing; null while it is open.")
            .Resolve(context => context.Source.Result.State.FinalAt);
        Field<StringGraphType>("next").Description("The cursor of the next page, where there is one.")
            .Resolve(context => context.Source is { Result.HasMore: true, Request.Query.RankBy: null } answer
                ? CursorParameter.After(answer.Result.Rows[^1]) : null);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<RowType>>>>("rows")
            .Resolve(context => context.Source.Result.Rows.Select(row => new AnswerRow(context.Source, row)));
    }
}

/// <summary>A row: a field per dimension, null where it was not asked for, and one per metric.</summary>
internal sealed class RowType : ObjectGraphType<AnswerRow>
{
    public RowType()
    {
        Name = "Row";
        Field<StringGraphType>("time").Description("Where the bucket begins, in the zone asked for; null without a granularity.")
            .Resolve(context => context.Source.Row.Time is { } time ? ReportJson.Text(time) : null);
        foreach (var dimension in Dimensions.All)
        {
            Field<StringGraphType>(Camel(dimension.Name())).Description("Empty where it is unknown; null where it is not among the dimensions.")
                .Resolve(context =>
                {
                    var place = context.Source.Answer.Request.Query.Dimensions.Index().Where(at => at.Item == dimension).ToList();
                    return place.Count > 0 ? context.Source.Row.Values[place[0].Index] : null;
                });
        }

        foreach (var metric in Metrics.All)
        {
            Field<NonNullGraphType<LongGraphType>>(Camel(metric.Name()))
                .Description(metric.IsUnique() ? "An estimate, within about 2%." : "Exact.")
                .Resolve(context => context.Source.Row[metric]);
        }

        Field<NonNullGraphType<BooleanGraphType>>("complete").Description("Every click acknowledged before the end of the bucket is counted.")
            .Resolve(context => context.Source.Row.State.IsComplete);
        Field<DateTimeOffsetGraphType>("finalAt").Description("When the last hour of the bucket was closed for billing; null while it is open.")
            .Resolve(context => context.Source.Row.State.FinalAt);
        Field<RowType>("compared").Description("The same row of the period compared with.")
            .Resolve(context => context.Source.Row.Compared is { } row ? new AnswerRow(context.Source.Answer, row) : null);
    }

    /// <summary><c>ad_id</c> as <c>adId</c>.</summary>
    public static string Camel(string name)
    {
        var pascal = string.Concat(name.Split('_').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        return JsonNamingPolicy.CamelCase.ConvertName(pascal);
    }
}

/// <summary>A condition on one dimension; exactly one of the others is given.</summary>
internal sealed class FilterInputType : InputObjectGraphType<Dictionary<string, object?>>
{
    public FilterInputType()
    {
        Name = "Filter";
        Description = "A condition on one dimension.";
        Field<NonNullGraphType<DimensionType>>("dimension");
        Field<ListGraphType<NonNullGraphType<StringGraphType>>>("in").Description("One of these values.");
        Field<ListGraphType<NonNullGraphType<StringGraphType>>>("notIn").Description("None of these values.");
        Field<StringGraphType>("prefix").Description("A value that starts so.");
        Field<BooleanGraphType>("unknown").Description("True for the rows without a value, false for those with one.");
    }

    /// <inheritdoc/>
    public override object ParseDictionary(IDictionary<string, object?> value) => new Dictionary<string, object?>(value);
}
