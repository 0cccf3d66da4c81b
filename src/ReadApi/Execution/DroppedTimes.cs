using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// The times of which a granularity is no longer held, or not all. A question that needs them is refused: counts that are gone
/// are not zero.
/// </summary>
internal static class DroppedTimes
{
    /// <summary>The statement that <see cref="CheckAsync"/> reads; in the snapshot that the counts are read in.</summary>
    public static NpgsqlBatchCommand Command(int generation) =>
        new($"SELECT granularity, from_time, to_time FROM {RollupTables.DroppedTimes(generation)}");

    /// <exception cref="ReportQueryException">A slice is of such times.</exception>
    public static async Task CheckAsync(NpgsqlDataReader reader, IReadOnlyList<TimeSlice> slices, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            var (name, from, to) = (reader.GetString(0), reader.GetDateTime(1), reader.GetDateTime(2));
            if (slices.Any(slice => slice.Granularity.Name() == name && slice.From < to && from < slice.To))
                throw new ReportQueryException("start_time", $"Counts by {name} of {from:yyyy-MM-ddTHH:mmZ} to {to:yyyy-MM-ddTHH:mmZ} are no longer held. {Advice(name)}");
        }
    }

    private static string Advice(string granularity) =>
        granularity == Granularity.Minute.Name() ? "Ask by hour, for whole hours."
        : granularity == Granularity.Hour.Name() ? "Ask by day, for whole days of UTC."
        : "Ask for later times.";
}
