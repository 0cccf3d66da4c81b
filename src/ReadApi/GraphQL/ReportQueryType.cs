using System.Globalization;
using System.Text.Json;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;
using Adclicks.ReadApi.Verdicts;
using GraphQL;
using GraphQL.Types;
using GraphQLParser.AST;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>
/// The reports as fields. Arguments become the parameters of the REST report of the same name, so that both are read,
/// bounded and scoped in one place.
/// </summary>
internal sealed class ReportQueryType : ObjectGraphType
{
    private static readonly Dictionary<string, Type> Arguments = new()
    {
        ["start_time"] = typeof(NonNullGraphType<StringGraphType>),
        ["end_time"] = typeof(StringGraphType),
        ["time_zone"] = typeof(StringGraphType),
        ["filters"] = typeof(ListGraphType<NonNullGraphType<FilterInputType>>),
        ["compare"] = typeof(StringGraphType),
        ["granularity"] = typeof(GranularityType),
        ["dimensions"] = typeof(ListGraphType<NonNullGraphType<DimensionType>>),
        ["dimension"] = typeof(NonNullGraphType<DimensionType>),
        ["metric"] = typeof(MetricType),
        ["top_n"] = typeof(IntGraphType),
        ["limit"] = typeof(IntGraphType),
        ["cursor"] = typeof(StringGraphType),
        ["fill_gaps"] = typeof(BooleanGraphType),
    };

    private readonly ReportReader _reader;
    private readonly ReadApiOptions _options;
    private readonly TimeProvider _time;

    public ReportQueryType(ReportReader reader, VerdictReader verdicts, ReferenceTree tree, IOptions<ReadApiOptions> options, TimeProvider time)
    {
        (_reader, _options, _time) = (reader, options.Value, time);
        Name = "Query";
        foreach (var kind in ReportKinds.All)
        {
            var field = Field<NonNullGraphType<ReportType>>(kind == ReportKinds.TimeSeries ? "timeSeries" : kind.Path)
                .Description(kind.Summary);
            foreach (var name in kind.Parameters.Where(Arguments.ContainsKey))
                field.Argument(Arguments[name], RowType.Camel(name), null);
            field.ResolveAsync(context => Problems.GuardAsync(() => AnswerAsync(kind, context)));
        }

        StateFields.Add(this, reader, verdicts, options, time);
        ReferenceFields.Add(this, tree);
    }

    private async Task<Answer> AnswerAsync(ReportKind kind, IResolveFieldContext context)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in kind.Parameters.Where(Arguments.ContainsKey))
        {
            if (context.GetArgument<object?>(RowType.Camel(name)) is { } value && Text(value) is { Length: > 0 } text) values[name] = text;
        }

        values["metrics"] = string.Join(',', MetricsOf(context));
        var request = kind.Read(new ReportParameters(values, kind.Parameters), new RequestContext(_time.GetUtcNow(), _options));
        var scope = CallerScope.Of(context.User!) ?? throw Problems.NoReports();
        return new Answer(request, await _reader.ReadAsync(request.Query, scope, context.CancellationToken));
    }

    /// <summary>The exact counters always; an estimate only where its field is asked for, because sketches are dear.</summary>
    private static IEnumerable<string> MetricsOf(IResolveFieldContext context)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        Collect(context.FieldAst.SelectionSet, context.Document, asked);
        return Metrics.All.Where(metric => !metric.IsUnique() || asked.Contains(RowType.Camel(metric.Name()))).Select(Metrics.Name);
    }

    /// <summary>Names of all fields below; validation has made sure that fragments have no cycles.</summary>
    private static void Collect(GraphQLSelectionSet? set, GraphQLDocument document, HashSet<string> names)
    {
        foreach (var selection in set?.Selections ?? [])
        {
            if (selection is GraphQLField field)
            {
                names.Add(field.Name.StringValue);
                Collect(field.SelectionSet, document, names);
            }
            else if (selection is GraphQLInlineFragment inline)
            {
                Collect(inline.SelectionSet, document, names);
            }
            else if (selection is GraphQLFragmentSpread spread)
            {
                var fragment = document.Definitions.OfType<GraphQLFragmentDefinition>()
                    .FirstOrDefault(definition => definition.FragmentName.Name == spread.FragmentName.Name);
                Collect(fragment?.SelectionSet, document, names);
            }
        }
    }

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable<object> items when items.All(item => item is Dictionary<string, object?>) => Filters(items.Cast<Dictionary<string, object?>>()),
        IEnumerable<object> items => string.Join(',', items),
        _ => "",
    };

    private static string Filters(IEnumerable<Dictionary<string, object?>> filters)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var filter in filters)
            {
                json.WritePropertyName((string)filter["dimension"]!);
                json.WriteStartObject();
                foreach (var (name, value) in filter)
                {
                    if (name == "dimension" || value is null) continue;
                    json.WritePropertyName(name == "notIn" ? "not_in" : name);
                    JsonSerializer.Serialize(json, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <summary>The schema: queries alone, nothing is changed through it.</summary>
internal sealed class ReportSchema : Schema
{
    public ReportSchema(IServiceProvider services, ReportQueryType query)
        : base(services) => Query = query;
}
