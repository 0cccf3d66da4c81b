using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Schema;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <inheritdoc cref="IGenerations"/>
internal sealed class Generations(GenerationStore store, NpgsqlDataSource dataSource, IEventLog log, ArchiveCopies archives, IOptions<ProjectionsOptions> options, TimeProvider time) : IGenerations
{
    private readonly Levelling _levelling = new(store, dataSource, options.Value, time);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Generation>> ListAsync(CancellationToken cancellationToken = default) => store.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Generation> BuildAsync(BuildPlan? plan = null, CancellationToken cancellationToken = default)
    {
        plan ??= new BuildPlan();
        if (plan is { LatestRules: true, Partitions: not null }) throw new InvalidOperationException("The latest rules take a whole rebuild: a part by them beside the rest by others would be neither.");
        if (plan.Archive is { } archive && !await archives.IsThereAsync(archive, cancellationToken)) throw new InvalidOperationException($"There is no archive in {archive}, or none with a close that is whole.");
        long? latest = plan.LatestRules ? await log.GetLastRevisionAsync(StreamNames.Reference, cancellationToken) : null;
        var built = plan.Partitions is { } partitions
            ? await store.AddPartAsync(partitions, plan.Archive, some => CheckLogAsync(some, plan.Archive, cancellationToken), cancellationToken)
            : await store.AddAsync(new GenerationRules(options.Value.Dedup, latest, plan.Archive), some => CheckLogAsync(some, plan.Archive, cancellationToken), cancellationToken);
        return built.Rules.Archive == plan.Archive ? built : throw new InvalidOperationException($"Generation {built.Id} is being built from {built.Rules.Archive ?? "the log"} already.");
    }

    /// <inheritdoc/>
    public Task ResumeAsync(int generation, CancellationToken cancellationToken = default) => store.ResumeAsync(generation, cancellationToken);

    /// <inheritdoc/>
    public async Task SwitchAsync(int generation, SwitchDespite despite = SwitchDespite.Nothing, CancellationToken cancellationToken = default)
    {
        var next = await store.FindAsync(generation, cancellationToken);
        if (next.State == Generation.Active) return;
        if (!despite.HasFlag(SwitchDespite.DeadLetters) && (await ProgressAsync(generation, cancellationToken)).DeadLetters is > 0 and var letters)
            throw new InvalidOperationException($"Generation {generation} has {letters} dead letters.");
        var active = (await ListAsync(cancellationToken)).Single(g => g.State == Generation.Active);
        if (despite.HasFlag(SwitchDespite.Lag)) await store.SwitchAsync(generation, cancellationToken);
        else if (!await _levelling.MeetAsync(active, next, () => store.SwitchAsync(generation, cancellationToken), null, cancellationToken))
            throw new InvalidOperationException($"Generation {generation} is not up to date with the active one ({active.Id}): clicks would vanish from the reports for a while.");
    }

    /// <inheritdoc/>
    public Task DropAsync(int generation, CancellationToken cancellationToken = default) => store.DropAsync(generation, cancellationToken);

    /// <inheritdoc/>
    public async Task<BuildProgress> ProgressAsync(int generation, CancellationToken cancellationToken = default)
    {
        var schema = GenerationTables.Schema(generation);
        await using var command = dataSource.CreateCommand($"SELECT partition, revision, clicks, (SELECT count(*) FROM {schema}.dead_letters) FROM {schema}.checkpoints");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        long clicks = 0, events = 0, inLog = 0, letters = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            events += reader.GetInt64(1) + 1;
            clicks += reader.GetInt64(2);
            letters = reader.GetInt64(3);
            inLog += await log.GetLastRevisionAsync(StreamNames.Clicks(reader.GetInt16(0)), cancellationToken) + 1;
        }

        return new BuildProgress(clicks, events, inLog, letters);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TableDifference>?> CompareAsync(int generation, int other, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<TableDifference>? differences = null;
        var (first, second) = (await store.FindAsync(generation, cancellationToken), await store.FindAsync(other, cancellationToken));
        await _levelling.MeetAsync(
            first,
            second,
            null,
            async snapshot => differences = await GenerationComparison.DifferencesAsync(snapshot, first, second, cancellationToken),
            cancellationToken);
        return differences;
    }

    /// <summary>That what is to be projected anew is there from its first event on.</summary>
    private async Task CheckLogAsync(IEnumerable<int> partitions, string? archive, CancellationToken cancellationToken)
    {
        IReadOnlyList<long>? archived = null;
        foreach (var p in partitions)
        {
            var stream = StreamNames.Clicks(p);
            if (await log.GetFirstRevisionAsync(stream, cancellationToken) is var first && first == 0) continue;
            if (archive is null) throw new InvalidOperationException($"{stream} begins with revision {first}: what was before is in the archive alone, and a rebuild from the log would count less. Give --from-archive PLACE.");
            archived ??= await ThroughAsync(archive, cancellationToken);
            if (archived[p] < first - 1) throw new InvalidOperationException($"{stream} begins with revision {first}, and the archive in {archive} ends with {archived[p]}: what is between is in neither.");
        }
    }

    private async Task<IReadOnlyList<long>> ThroughAsync(string archive, CancellationToken cancellationToken)
    {
        try
        {
            return await archives.ThroughAsync(archive, log, cancellationToken) ?? throw new InvalidOperationException($"There is no archive in {archive}.");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
