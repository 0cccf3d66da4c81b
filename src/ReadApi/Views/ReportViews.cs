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
/// They take the rows out of their blocks; a condition on <c>span</c>, the hour or day a row is in, leaves other blocks unread.
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
    public static string Script(ActiveGeneration generation)
    {
        var views = from cuboid in generation.Cuboids from granularity in cuboid.Granularities select View(cuboid, granularity, generation.Number);
        return $"CREATE SCHEMA IF NOT EXISTS {Schema};\n{PackedSql.Functions(Schema)}{string.Concat(views)}";
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
        ActiveGeneration active;
        await using (var reading = await database.OpenAsync(cancellationToken))
            active = await generations.FindAsync(reading, cancellationToken);
        if (active.Number == _shown) return;
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

        _shown = active.Number;
        Log.ViewsReplaced(logger, active.Number);
    }

    /// <summary>Statements sent together are one transaction, which the lock lasts as long as.</summary>
    private static async Task ExecuteAsync(NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({AdvisoryLock}); {script}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string View(Cuboid cuboid, Granularity granularity, int generation)
    {
        var name = $"{Schema}.clicks_by_{granularity.Name()}{(cuboid.Name == Cuboids.Full.Name ? "" : "_" + cuboid.Name)}";
        var names = Dimensions.All.Where(cuboid.Dimensions.Contains).Select(dimension => dimension.Name()).ToArray();
        var values = string.Concat(names.Select(dimension => $", coalesce({dimension}_.value, '') AS {dimension}"));
        var joins = string.Concat(names.Select(dimension =>
            $"\n  LEFT JOIN {RollupTables.Dictionary} {dimension}_ ON {dimension}_.dimension = '{dimension}' AND {dimension}_.id = {Number(dimension)}::integer"));
        var (gross, click, fraudulent) = (Number(Cuboid.GrossColumn), Number(Cuboid.ClickColumn), Number(Cuboid.FraudulentColumn));
        return $"""
            CREATE OR REPLACE VIEW {name} AS SELECT b.{Cuboid.SpanColumn} + {Number(Cuboid.BucketColumn)} * interval '1 {granularity.Name()}' AS "time"{values},
              {gross} AS gross_click_count, {click} AS click_count, {click} - {fraudulent} AS billable_click_count,
              {fraudulent} AS fraudulent_click_count, {gross} - {click} AS duplicate_click_count,
              {Sketch(Cuboid.UniqueUsersColumn)} AS unique_users_hll, {Sketch(Cuboid.UniqueIpsColumn)} AS unique_ips_hll, b.{Cuboid.SpanColumn} AS span
            FROM {PackedSql.Rows(RollupTables.Table(generation, cuboid, granularity), cuboid)}{joins};

            """;

        static string Number(string column) => $"{Schema}.packed_number(c.{column}, i)";
        static string Sketch(string column) => $"{Schema}.packed_sketch(c.{column}, b.{Cuboid.RowsColumn}, i)";
    }
}
