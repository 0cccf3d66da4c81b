using Adclicks.Projections.Aggregation;
using Marten;

namespace Adclicks.Projections.Storage;

/// <summary>Clicks by hour and verdict.</summary>
internal static class VerdictStore
{
    /// <summary>Adds the counts when the session is saved.</summary>
    public static void Queue(IDocumentSession session, string schema, int lane, VerdictCounts counts)
    {
        var all = counts.All.ToArray();
        if (all.Length == 0)
        {
            session.QueueSqlCommand("SELECT 1");
            return;
        }

        session.QueueSqlCommand(
            $"""
            INSERT INTO {schema}.verdicts AS v (bucket, lane, verdict, clicks)
            SELECT n.bucket, ?::smallint, n.verdict, n.clicks FROM unnest(?, ?, ?) AS n (bucket, verdict, clicks)
            ON CONFLICT (bucket, lane, verdict) DO UPDATE SET clicks = v.clicks + excluded.clicks
            """,
            lane,
            Array.ConvertAll(all, c => DateTimeOffset.UnixEpoch.AddMinutes(c.Key.HourMinute)),
            Array.ConvertAll(all, c => c.Key.Verdict),
            Array.ConvertAll(all, c => c.Value));
    }
}
