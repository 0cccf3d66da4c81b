using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Status;
using Adclicks.ReadApi.ApiPage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Adclicks.Observability;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: what its roles need is there.</summary>
internal static class HealthRegistration
{
    private const string Json = "application/json";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds the checks of the roles this process has.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services, HostRoles roles)
    {
        var checks = services.AddHealthChecks();
        if (roles.HasFlag(HostRoles.Ingest) || roles.HasFlag(HostRoles.Project)) checks.AddCheck<LogCheck>("log", timeout: Timeout);
        if (roles.HasFlag(HostRoles.Project) || roles.HasFlag(HostRoles.Serve)) checks.AddCheck<PostgresCheck>("postgres", timeout: Timeout);
        if (roles.HasFlag(HostRoles.Project)) checks.AddCheck<ProjectionCheck>("projections", timeout: Timeout);
        return services;
    }

    /// <summary>Maps both. The answer is JSON: the status, and that of each check with its reason.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).ForReading()
            .WithSummary("Whether the process answers").Answers(Json, "It does.", """{"status": "Healthy", "checks": {}}""");
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).ForReading()
            .WithSummary("Whether what the roles of the process need is there")
            .Answers(Json, "It is; Degraded is ready too.", """{"status": "Healthy", "checks": {"log": {"status": "Healthy", "reason": null}}}""")
            .Answers(Json, "It is not.", """{"status": "Unhealthy", "checks": {"log": {"status": "Unhealthy", "reason": "The log cannot be reached."}}}""", StatusCodes.Status503ServiceUnavailable);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), reason = e.Value.Description ?? e.Value.Exception?.Message }),
    });

    private sealed class LogCheck(IEventLog log, LogState state) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await log.CheckHealthAsync(cancellationToken);
            return state.DownBecause is { } reason ? HealthCheckResult.Unhealthy($"Clicks cannot be written: {reason}") : HealthCheckResult.Healthy();
        }
    }

    private sealed class PostgresCheck(IConfiguration configuration) : IHealthCheck, IDisposable
    {
        private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(configuration["Postgres:ConnectionString"]) { MaxPoolSize = 2 });

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var command = _source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }

        public void Dispose() => _source.Dispose();
    }

    private sealed class ProjectionCheck(IProjectionStatus status) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await status.GetAsync(cancellationToken) is { FreshUntil: not null }
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("Not every lane has been read to its end yet.");
    }
}
