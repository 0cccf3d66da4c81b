using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Planning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.ReadApi.Views;

/// <summary>
/// Keeps plain SQL views over the active generation in schema <c>adclicks_views</c>, for tools that speak SQL:
/// <c>clicks_by_hour</c> has every dimension, <c>clicks_by_hour_ad</c> and the like are narrower and faster. They are
/// replaced, grants kept, when another generation becomes active. A role that may read this schema needs no right on the tables.
/// </summary>
public sealed class ReportViews(
    IConfiguration configuration, ReadDatabase database, Generations generations, TimeProvider time, ILogger<ReportViews> logger)
    : BackgroundService
{
    /// <summary>The schema of the views.</summary>
    public const string Schema = "adclicks_views";

    /// <summary>Any number that nothing else locks: one process at a time replaces the views.</summary>
    private const long AdvisoryLock = 0x6164767769657773;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);

    private int _shown;

    /// <summary>The statements that make the views show a generation.</summary>
    public static string Script(int generation)
    {
        var views = from cuboid in Cuboids.All from granularity in Granularities.All select View(cuboid, granularity, generation);
        return $"CREATE SCHEMA IF NOT EXISTS {Schema};\n{string.Concat(views)}";
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, time);
        do
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or ReportUnavailableException)
            {
                Log.ViewsNotReplaced(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        int active;
        await using (var reading = await database.OpenAsync(cancellationToken))
            active = await generations.ActiveAsync(reading, cancellationToken);
        if (active == _shown) return;
        var settings = new NpgsqlConnectionStringBuilder(configuration["Postgres:ConnectionString"]) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, Script(active), cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidTableDefinition)
        {
            // Another version had other columns; now the grants are lost.
            await ExecuteAsync(connection, $"DROP SCHEMA {Schema} CASCADE; {Script(active)}", cancellationToken);
        }

        _shown = active;
        Log.ViewsReplaced(logger, active);
    }

    /// <summary>Statements sent together are one transaction, which the lock lasts as long as.</summary>
    private static async Task ExecuteAsync(NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({AdvisoryLock}); {script}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string View(Cuboid cuboid, Granularity granularity, int generation)
    {
        var name = $"{Schema}.clicks_by_{granularity.Name()}{(cuboid == Cuboids.Full ? "" : "_" + cuboid.Name)}";
        var values = string.Concat(cuboid.Dimensions.Select(dimension => $", coalesce({dimension.Name()}_.value, '') AS {dimension.Name()}"));
        var joins = string.Concat(cuboid.Dimensions.Select(dimension =>
            $"\n  LEFT JOIN {RollupTables.Dictionary} {dimension.Name()}_ ON {dimension.Name()}_.dimension = '{dimension.Name()}' "
            + $"AND {dimension.Name()}_.id = r.{dimension.Name()}"));
        return $"""
            CREATE OR REPLACE VIEW {name} AS SELECT r.bucket AS "time"{values}, r.gross AS gross_click_count, r.click AS click_count,
              r.click - r.fraudulent AS billable_click_count, r.fraudulent AS fraudulent_click_count,
              r.gross - r.click AS duplicate_click_count, r.unique_users AS unique_users_hll, r.unique_ips AS unique_ips_hll
            FROM {RollupTables.Table(generation, cuboid, granularity)} r{joins};

            """;
    }
}
