using System.Text;
using Adclicks.Domain.Sketches;
using Npgsql;

namespace Adclicks.Projections.Explanation.Index;

/// <summary>Where a click may be.</summary>
/// <param name="Likely">Where to look first: what may have it, and what is not indexed yet.</param>
/// <param name="Older">Where else: what lies before the window of the index.</param>
public sealed record ClickPlaces(IReadOnlyList<RevisionRange> Likely, IReadOnlyList<RevisionRange> Older);

/// <summary>
/// Asks the index where clicks may be. It only ever saves looking: without it, or where it does not reach, all is searched.
/// </summary>
public sealed class ClickIndex(NpgsqlDataSource dataSource)
{
    private readonly ClickFilterTable _table = new(dataSource);

    /// <summary>Where to look for a click.</summary>
    /// <param name="id">Its event id.</param>
    /// <param name="partitions">It is in one of these.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public async Task<ClickPlaces> FindAsync(string id, IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        var likely = new List<RevisionRange>();
        var older = new List<RevisionRange>();
        var covered = partitions.ToDictionary(p => p, _ => -1L);
        foreach (var (range, mayHave) in await AskAsync(SplitBlockFilter.HashOf(Encoding.UTF8.GetBytes(id)), partitions, cancellationToken))
        {
            var end = covered[range.Partition];
            // Before the first filter the window ends; between two there is nothing, but a gap would be searched.
            if (range.From > end + 1) (end < 0 ? older : likely).Add(new RevisionRange(range.Partition, end + 1, range.From - 1));
            if (mayHave) likely.Add(range);
            covered[range.Partition] = range.Through;
        }

        likely.AddRange(covered.Select(c => new RevisionRange(c.Key, c.Value + 1, long.MaxValue)));
        return new ClickPlaces(likely, older);
    }

    private async Task<List<(RevisionRange Range, bool MayHave)>> AskAsync(ulong hash, IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        try
        {
            return await _table.AskAsync(hash, partitions, cancellationToken) ?? [];
        }
        catch (NpgsqlException)
        {
            // PostgreSQL is away; the log is not.
            return [];
        }
    }
}
