using System.Text;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Retention;

/// <summary>
/// The partitions of a generation's rollup tables. They are made where clicks need them, at any past time, ahead of the
/// transaction that writes; and it is noted when they were last written to. What is known is kept for a minute, so that
/// a flush seldom asks. Shared by the lanes of a process.
/// </summary>
internal sealed class TimePartitions(Generation generation, NpgsqlDataSource dataSource, RetentionOptions options, TimeProvider time)
{
    /// <summary>What is noted of a write may be this much earlier than the write.</summary>
    public static readonly TimeSpan NoteEvery = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The short columns of a block stay in the row as long as it fits a page: to fetch one from outside costs a reader as much
    /// as a long one. The most that PostgreSQL takes: a page, less its head.
    /// </summary>
    private const int MaxRowBytes = 8_160;

    /// <summary>Any number that nothing else locks; with the generation, the key of a lock of two numbers.</summary>
    private const int AdvisoryLock = 0x61647470;

    private readonly string _schema = GenerationTables.Schema(generation.Id);
    private readonly Lock _gate = new();
    private readonly Dictionary<TimePartition, long> _noted = [];

    /// <summary>Sees to it that all tables have room for some days, and notes that they are written to.</summary>
    /// <exception cref="InvalidOperationException">A partition is just being dropped: try again.</exception>
    public ValueTask EnsureAsync(IReadOnlyCollection<DateTime> days, CancellationToken cancellationToken)
    {
        var needed = Unknown(days);
        return needed.Count == 0 ? default : new(EnsureAsync(needed, cancellationToken));
    }

    /// <summary>Something was not as it was known to be.</summary>
    public void Forget()
    {
        lock (_gate) _noted.Clear();
    }

    private List<(Granularity Granularity, DateTime Day)> Unknown(IReadOnlyCollection<DateTime> days)
    {
        lock (_gate)
        {
            foreach (var (old, _) in _noted.Where(n => time.GetElapsedTime(n.Value) >= NoteEvery).ToArray()) _noted.Remove(old);
            return [.. from g in Granularities.All from day in days where !_noted.Keys.Any(p => p.Granularity == g && p.Has(day)) orderby g, day select (g, day)];
        }
    }

    private async Task EnsureAsync(List<(Granularity Granularity, DateTime Day)> needed, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var there = await NoteAsync(connection, needed, cancellationToken);
        needed.RemoveAll(n => there.Exists(p => p.Granularity == n.Granularity && p.Has(n.Day)));
        if (needed.Count > 0) there.AddRange(await MakeAsync(connection, needed, cancellationToken));
        lock (_gate)
        {
            foreach (var partition in there) _noted[partition] = asked;
        }
    }

    /// <summary>Those that are there, noted; one that was due to go stays.</summary>
    private async Task<List<TimePartition>> NoteAsync(
        NpgsqlConnection connection, List<(Granularity Granularity, DateTime Day)> needed, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            WITH needed AS (
              SELECT t.granularity, t.from_time FROM {_schema}.time_partitions t
              WHERE NOT t.is_going AND EXISTS (
                SELECT FROM unnest($1::text[], $2::timestamptz[]) AS n (granularity, day)
                WHERE n.granularity = t.granularity AND t.from_time <= n.day AND n.day < t.to_time)
              ORDER BY 1, 2 FOR UPDATE)
            UPDATE {_schema}.time_partitions t SET written_at = greatest(t.written_at, $3), due_since = NULL, waits_for = NULL
            FROM needed n WHERE t.granularity = n.granularity AND t.from_time = n.from_time
            RETURNING t.granularity, t.from_time, t.to_time
            """, connection);
        command.Parameters.Add(new() { Value = needed.Select(n => n.Granularity.Name()).ToArray() });
        command.Parameters.Add(new() { Value = needed.Select(n => n.Day).ToArray() });
        command.Parameters.Add(new() { Value = time.GetUtcNow().UtcDateTime });
        return [.. (await ReadAsync(command, cancellationToken)).Select(p => p.Partition)];
    }

    /// <summary>One process at a time. Attaching a table keeps nobody from reading or writing the others.</summary>
    private async Task<List<TimePartition>> MakeAsync(
        NpgsqlConnection connection, List<(Granularity Granularity, DateTime Day)> needed, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1, $2)", connection) { Parameters = { new() { Value = AdvisoryLock }, new() { Value = generation.Id } } })
            await alone.ExecuteNonQueryAsync(cancellationToken);
        await using var list = new NpgsqlCommand($"SELECT granularity, from_time, to_time, is_going FROM {_schema}.time_partitions", connection);
        var known = await ReadAsync(list, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var (found, made) = (new List<TimePartition>(), new List<TimePartition>());
        foreach (var (granularity, day) in needed)
        {
            if (made.Exists(p => p.Granularity == granularity && p.Has(day))) continue;
            if (known.FindIndex(k => k.Partition.Granularity == granularity && k.Partition.Has(day)) is >= 0 and var at)
            {
                if (known[at].IsGoing) throw new InvalidOperationException($"The {granularity.Name()} rollups of {day:yyyy-MM-dd} are just being dropped.");
                found.Add(known[at].Partition);
                continue;
            }

            made.Add(TimePartition.For(granularity, day, now, options.Of(granularity), known.Select(k => k.Partition).Concat(made)));
        }

        if (made.Count > 0)
        {
            await using var create = new NpgsqlCommand(Script(made, now), connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return [.. found, .. made];
    }

    private string Script(List<TimePartition> partitions, DateTime now)
    {
        var script = new StringBuilder();
        foreach (var partition in partitions)
        {
            script.Append(null, $"INSERT INTO {_schema}.time_partitions (granularity, from_time, to_time, written_at) VALUES ('{partition.Granularity.Name()}', '{partition.From:O}', '{partition.To:O}', '{now:O}');\n");
            foreach (var shape in generation.Shapes.Where(s => s.Granularity == partition.Granularity))
            {
                var table = $"{_schema}.{partition.TableOf(shape)}";
                script.Append(null, $"CREATE TABLE {table} (LIKE {_schema}.{shape.Table} INCLUDING STORAGE) WITH (toast_tuple_target = {MaxRowBytes});\n");
                script.Append(null, $"ALTER TABLE {_schema}.{shape.Table} ATTACH PARTITION {table} FOR VALUES FROM ('{partition.From:O}') TO ('{partition.To:O}');\n");
            }
        }

        return script.ToString();
    }

    private static async Task<List<(TimePartition Partition, bool IsGoing)>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var partitions = new List<(TimePartition, bool)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var granularity = Granularities.All.Single(g => g.Name() == reader.GetString(0));
            partitions.Add((new TimePartition(granularity, reader.GetDateTime(1), reader.GetDateTime(2)), reader.FieldCount > 3 && reader.GetBoolean(3)));
        }

        return partitions;
    }
}
