using Adclicks.EventStore.Reference;
using Adclicks.ReadApi.Dashboard;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.GraphiQL;
using Adclicks.ReadApi.GraphQL;
using Adclicks.ReadApi.Live;
using Adclicks.ReadApi.Limits;
using Adclicks.ReadApi.Rest;
using Adclicks.ReadApi.Verdicts;
using Adclicks.ReadApi.Views;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi;

/// <summary>The read side: planner, reader, REST, GraphQL, SQL views, dashboard.</summary>
public static class ReadApiRegistration
{
    /// <summary>Adds what answers questions over the read models. Needs <c>Postgres:ConnectionString</c> and the log.</summary>
    public static IServiceCollection AddReadApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReadApiOptions>()
            .Bind(configuration.GetSection(ReadApiOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReadApiOptions>, ReadApiOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddReferenceFeed(configuration);
        services.AddSingleton(provider => new ReadDatabase(
            configuration, provider.GetRequiredService<IOptions<ReadApiOptions>>()));
        services.AddSingleton<Generations>();
        services.AddSingleton<DictionaryCache>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<ClosedHours>().AddHostedService(provider => provider.GetRequiredService<ClosedHours>());
        services.AddSingleton<ReportReader>();
        services.AddSingleton<ReportEndpoints>();
        services.AddSingleton<VerdictReader>();
        services.AddSingleton<VerdictEndpoint>();
        services.AddSingleton<CommitFeed>().AddHostedService(provider => provider.GetRequiredService<CommitFeed>());
        services.AddSingleton<StreamSeats>();
        services.AddSingleton<StreamEndpoint>();
        services.AddReportLimits(configuration);
        services.AddReportGraphQL();
        services.AddReportOpenApi();
        if (configuration.GetValue($"{ReadApiOptions.Section}:{nameof(ReadApiOptions.KeepViews)}", true)) services.AddHostedService<ReportViews>();
        return services;
    }

    /// <summary>Maps the reports (REST and GraphQL), and the dashboard.</summary>
    public static IEndpointRouteBuilder MapReadApi(this IEndpointRouteBuilder routes)
    {
        ReportEndpoints.Map(routes);
        VerdictEndpoint.Map(routes);
        StreamEndpoint.Map(routes);
        GraphQLEndpoint.Map(routes);
        GraphiQLEndpoints.Map(routes);
        DashboardEndpoints.Map(routes);
        return routes;
    }

    private sealed class ReadApiOptionsValidator : IValidateOptions<ReadApiOptions>
    {
        public ValidateOptionsResult Validate(string? name, ReadApiOptions options) =>
            options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
    }
}
