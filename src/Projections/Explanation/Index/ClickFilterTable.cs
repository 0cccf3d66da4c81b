using Adclicks.Domain.Sketches;
using Npgsql;
using NpgsqlTypes;

namespace Adclicks.Projections.Explanation.Index;

/// <summary>
/// The table <c>adclicks.click_filters</c>: of each 16,384 clicks of a partition, a filter over their ids, 2 bytes a click. It is of no
/// generation: where a click is does not depend on rules. A filter lies outside of its row and is not compressed, so that a question reads
/// 32 bytes of each.
/// </summary>
internal sealed class ClickFilterTable(NpgsqlDataSource dataSource)
{
    private const string Name = "adclicks.click_filters";

    /// <summary>Makes the table where it is not there.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var create = dataSource.CreateCommand($"""
            CREATE SCHEMA IF NOT EXISTS adclicks;
            CREATE TABLE IF NOT EXISTS {Name} (
                partition smallint NOT NULL, from_revision bigint NOT NULL, through_revision bigint NOT NULL,
                clicks integer NOT NULL, logged_at timestamptz NOT NULL, filter bytea NOT NULL, PRIMARY KEY (partition, from_revision));
            ALTER TABLE {Name} ALTER filter SET STORAGE EXTERNAL;
            """);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The last revision covered, by partition; those without any are left out.</summary>
    public async Task<Dictionary<int, long>> EndsAsync(CancellationToken cancellationToken)
    {
        var ends = new Dictionary<int, long>();
        await using var select = dataSource.CreateCommand($"SELECT partition, max(through_revision) FROM {Name} GROUP BY partition");
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ends[reader.GetInt16(0)] = reader.GetInt64(1);
        return ends;
    }

    /// <summary>Adds a filter.</summary>
    public async Task AddAsync(RevisionRange range, int clicks, DateTimeOffset loggedAt, ReadOnlyMemory<byte> filter, CancellationToken cancellationToken)
    {
        await using var insert = dataSource.CreateCommand($"INSERT INTO {Name} VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
        insert.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)range.Partition });
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.From });
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = range.Through });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = clicks });
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = loggedAt.UtcDateTime });
        insert.Parameters.Add(new NpgsqlParameter { Value = filter, NpgsqlDbType = NpgsqlDbType.Bytea });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes what the log took before a time.</summary>
    public async Task RemoveBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        await using var delete = dataSource.CreateCommand($"DELETE FROM {Name} WHERE logged_at < $1");
        delete.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.UtcDateTime });
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes what is said of a partition: it is of another log.</summary>
    public async Task RemoveAsync(int partition, CancellationToken cancellationToken)
    {
        await using var delete = dataSource.CreateCommand($"DELETE FROM {Name} WHERE partition = $1");
        delete.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>By partition and place, of every filter whether it may have an id with this hash. Null where there is no table.</summary>
    public async Task<List<(RevisionRange Range, bool MayHave)>?> AskAsync(ulong hash, IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        var answers = new List<(RevisionRange, bool)>();
        await using var select = dataSource.CreateCommand(
            $"SELECT partition, from_revision, through_revision, substring(filter FROM $1 FOR {SplitBlockFilter.BlockBytes}) FROM {Name} WHERE partition = ANY($2) ORDER BY 1, 2");
        select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SplitBlockFilter.BlockAt(hash) + 1 });
        select.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. partitions.Select(p => (short)p)] });
        try
        {
            await using var reader = await select.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                answers.Add((new RevisionRange(reader.GetInt16(0), reader.GetInt64(1), reader.GetInt64(2)), SplitBlockFilter.MayHave(reader.GetFieldValue<byte[]>(3), hash)));
            return answers;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return null;
        }
    }
}
