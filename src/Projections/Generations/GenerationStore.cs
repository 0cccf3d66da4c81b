using System.Collections.Concurrent;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Retention;
using Adclicks.Projections.Schema;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <summary>The generations there are, and a Marten store over each.</summary>
internal sealed class GenerationStore(NpgsqlDataSource dataSource, RollupCatalogue catalogue, IOptions<ProjectionsOptions> options, TimeProvider time) : IDisposable
{
    private const string Columns = "id, state, lanes, partitions, rules, cuboids, created_at, activated_at";
    private readonly ConcurrentDictionary<int, DocumentStore> _stores = [];
    private readonly ConcurrentDictionary<(int Id, DateTimeOffset CreatedAt), TimePartitions> _partitions = [];

    /// <summary>
    /// Brings the schemas up to date and returns the active generation; the first one is made here.
    /// </summary>
    /// <exception cref="InvalidOperationException">The active generation was built for another number of partitions.</exception>
    public async Task<Generation> PrepareAsync(int lanes, int partitions, GenerationRules rules, CancellationToken cancellationToken)
    {
        Generation? active = null;
        await ReadModelSchema.UnderLockAsync(dataSource, async () =>
        {
            using var control = ReadModelSchema.ControlStore(dataSource);
            await control.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
            var all = await ListAsync(cancellationToken);
            active = all.SingleOrDefault(g => g.State == Generation.Active);
            var next = active ?? all.FirstOrDefault(g => g.State == Generation.Building) ?? await CreateAsync(lanes, partitions, rules, catalogue.Cuboids, cancellationToken);
            await ApplyAsync(next, cancellationToken);
            await AddRowsAsync(next, cancellationToken);
            active ??= await ActivateAsync(next, cancellationToken);
        }, cancellationToken);
        if (active!.Partitions != partitions)
            throw new InvalidOperationException($"Generation {active.Id} is of a log with {active.Partitions} partitions, this one has {partitions}.");
        return active;
    }

    /// <summary>A new generation beside the active one, of the same lanes. Where one is being built already, that one.</summary>
    /// <param name="rules">What it is built by.</param>
    /// <param name="check">Asked before one is made, with the partitions to be projected anew: throws what speaks against it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">One is being built by other rules or with other rollups.</exception>
    public Task<Generation> AddAsync(GenerationRules rules, Func<IEnumerable<int>, Task> check, CancellationToken cancellationToken) => AddAsync(_ => rules, _ => catalogue.Cuboids, check, cancellationToken);

    /// <summary>A new generation of which a part is projected anew: all else about it is as in the active one.</summary>
    /// <exception cref="InvalidOperationException">One is being built otherwise, or there is no such partition.</exception>
    public Task<Generation> AddPartAsync(IReadOnlyCollection<int> partitions, string? archive, Func<IEnumerable<int>, Task> check, CancellationToken cancellationToken) =>
        AddAsync(active => active.Rules with { Archive = archive, Part = PartialBuild.Of(active, partitions) }, active => active.Cuboids, check, cancellationToken);

    private async Task<Generation> AddAsync(
        Func<Generation, GenerationRules> rulesBeside, Func<Generation, IReadOnlyList<Cuboid>> cuboidsBeside, Func<IEnumerable<int>, Task> check, CancellationToken cancellationToken)
    {
        Generation? added = null;
        await ReadModelSchema.UnderLockAsync(dataSource, async () =>
        {
            var all = await ListAsync(cancellationToken);
            var active = all.SingleOrDefault(g => g.State == Generation.Active) ?? throw new InvalidOperationException("There is no active generation yet.");
            var (rules, cuboids) = (rulesBeside(active), cuboidsBeside(active));
            added = all.LastOrDefault(g => g.State == Generation.Building);
            if (added is not null && !(added.Rules.IsLike(rules) && AreLike(added.Cuboids, cuboids))) throw new InvalidOperationException($"Generation {added.Id} is being built by other rules or with other rollups; drop it first.");
            if (added is not null && !added.Rules.IsOfSamePart(rules)) throw new InvalidOperationException($"Generation {added.Id} is being built of other partitions; drop it first.");
            if (added is null) await check(rules.Part?.Partitions ?? Enumerable.Range(0, active.Partitions));
            added ??= await CreateAsync(active.Lanes, active.Partitions, rules, cuboids, cancellationToken);
            await ApplyAsync(added, cancellationToken);
            await AddRowsAsync(added, cancellationToken);
        }, cancellationToken);
        return added!;
    }

    /// <summary>Makes a generation the one that reports read, in one transaction; the one before is kept, retired.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation.</exception>
    public Task SwitchAsync(int id, CancellationToken cancellationToken) => ReadModelSchema.UnderLockAsync(dataSource, async () =>
    {
        await FindAsync(id, cancellationToken);
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new("UPDATE adclicks.generations SET state = 'retired' WHERE state = 'active' AND id <> $1") { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new("UPDATE adclicks.generations SET state = 'active', activated_at = $2, hold_at = NULL WHERE id = $1")
        {
            Parameters = { new() { Value = id }, new() { Value = time.GetUtcNow().UtcDateTime } },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    /// <summary>Has a generation that was active once projected again.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation.</exception>
    public Task ResumeAsync(int id, CancellationToken cancellationToken) => ReadModelSchema.UnderLockAsync(dataSource, async () =>
    {
        await FindAsync(id, cancellationToken);
        await using var command = dataSource.CreateCommand("UPDATE adclicks.generations SET state = 'standby' WHERE id = $1 AND state = 'retired'");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }, cancellationToken);

    /// <summary>Has the lanes of some generations keep back what is logged after a time; null: no longer.</summary>
    public async Task HoldAsync(int[] ids, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE adclicks.generations SET hold_at = $2 WHERE id = ANY($1)");
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = at is { } t ? t.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes a generation for good. Its lanes, if any are running, fail their fence and end.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation, or it is the active one.</exception>
    public Task DropAsync(int id, CancellationToken cancellationToken) => ReadModelSchema.UnderLockAsync(dataSource, async () =>
    {
        if ((await FindAsync(id, cancellationToken)).State == Generation.Active) throw new InvalidOperationException($"Generation {id} is the active one.");
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new("DELETE FROM adclicks.leases WHERE generation = $1") { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new("DELETE FROM adclicks.generations WHERE id = $1") { Parameters = { new() { Value = id } } });
        batch.BatchCommands.Add(new($"DROP SCHEMA IF EXISTS {GenerationTables.Schema(id)} CASCADE"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (_stores.TryRemove(id, out var store)) store.Dispose();
        foreach (var old in _partitions.Keys.Where(k => k.Id == id)) _partitions.TryRemove(old, out _);
    }, cancellationToken);

    /// <summary>All generations, the oldest first.</summary>
    public async Task<IReadOnlyList<Generation>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Columns} FROM adclicks.generations ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<Generation>();
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(new Generation(
                reader.GetInt32(0), reader.GetString(1), reader.GetInt16(2), reader.GetInt16(3), GenerationRules.Parse(reader.GetString(4)),
                CuboidJson.Parse(reader.GetString(5)), reader.GetFieldValue<DateTimeOffset>(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return all;
    }

    /// <summary>The store of a generation: sessions on it are what lanes write through.</summary>
    public IDocumentStore Store(int generation) => _stores.GetOrAdd(generation, id => ReadModelSchema.GenerationStore(dataSource, id));

    /// <summary>The time partitions of its rollups, shared by all who write them.</summary>
    public TimePartitions Partitions(Generation generation) =>
        _partitions.GetOrAdd((generation.Id, generation.CreatedAt), _ => new TimePartitions(generation, dataSource, options.Value.Retention, time));

    /// <summary>Whether a generation has the rollups that a new one would have.</summary>
    public bool IsOfCatalogue(Generation generation) => AreLike(generation.Cuboids, catalogue.Cuboids);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _stores.Values) store.Dispose();
    }

    /// <exception cref="InvalidOperationException">There is no such generation.</exception>
    public async Task<Generation> FindAsync(int id, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).SingleOrDefault(g => g.Id == id) ?? throw new InvalidOperationException($"There is no generation {id}.");

    private static bool AreLike(IReadOnlyList<Cuboid> some, IReadOnlyList<Cuboid> others) => CuboidJson.Of(some) == CuboidJson.Of(others);

    private async Task ApplyAsync(Generation generation, CancellationToken cancellationToken)
    {
        await Store(generation.Id).Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        await RollupTables.CreateAsync(dataSource, generation, cancellationToken);
    }

    /// <summary>Readers look at a generation only once it is active: its tables are there by then.</summary>
    private async Task<Generation> CreateAsync(int lanes, int partitions, GenerationRules rules, IReadOnlyList<Cuboid> cuboids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            INSERT INTO adclicks.generations (id, state, lanes, partitions, rules, cuboids, created_at)
            SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM adclicks.generations
            RETURNING id
            """);
        command.Parameters.Add(new() { Value = Generation.Building });
        command.Parameters.Add(new() { Value = (short)lanes });
        command.Parameters.Add(new() { Value = (short)partitions });
        command.Parameters.Add(new() { Value = rules.ToJson() });
        command.Parameters.Add(new() { Value = CuboidJson.Of(cuboids) });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        var id = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        return await FindAsync(id, cancellationToken);
    }

    private async Task<Generation> ActivateAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE adclicks.generations SET state = 'active', activated_at = $2 WHERE id = $1");
        command.Parameters.Add(new() { Value = generation.Id });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return generation with { State = Generation.Active };
    }

    /// <summary>The rows that leases and checkpoints are updates of. Lanes that are not projected anew are to be taken over.</summary>
    private async Task AddRowsAsync(Generation generation, CancellationToken cancellationToken)
    {
        var schema = GenerationTables.Schema(generation.Id);
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new("""
            INSERT INTO adclicks.leases (generation, lane, epoch, takes_from)
            SELECT $1, l, 0, CASE WHEN l <> ALL($3) THEN $4 END FROM generate_series(0, $2 - 1) l ON CONFLICT DO NOTHING
            """)
        {
            Parameters =
            {
                new() { Value = generation.Id }, new() { Value = generation.Lanes }, new() { Value = Anew(generation) },
                new() { Value = generation.Rules.Part is { } part ? part.From : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer },
            },
        });
        batch.BatchCommands.Add(new($"""
            INSERT INTO {schema}.checkpoints (partition, lane, revision, clicks, unknown_events)
            SELECT p, p % $2, -1, 0, 0 FROM generate_series(0, $1 - 1) p ON CONFLICT DO NOTHING
            """) { Parameters = { new() { Value = generation.Partitions }, new() { Value = generation.Lanes } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The lanes that are projected from the beginning.</summary>
    private static int[] Anew(Generation generation) =>
        generation.Rules.Part is { } part ? [.. part.Partitions.Select(p => p % generation.Lanes).Distinct()] : [.. Enumerable.Range(0, generation.Lanes)];
}
