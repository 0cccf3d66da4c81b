using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Diagnostics;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// Lets the requests of a commit go, on the writer's own thread while few are under way: what it saves is a hand-over, and commits
/// become larger meanwhile. Else the pool does. Used by the writer alone.
/// </summary>
/// <param name="waiting">Gets its room back.</param>
/// <param name="clickRoom">Tells how many are under way.</param>
/// <param name="mayAnswerHere">Whether the writer may at all.</param>
internal sealed class CommitAnswers(WaitingClicks waiting, Headroom clickRoom, bool mayAnswerHere)
{
    /// <summary>
    /// The writer answers where no more than so many were under way in the last so many commits. Else the server may have more to do
    /// than it can, and the writer's thread, one of many, would not get the time for it.
    /// </summary>
    private const int FewUnderWay = 64, CalmCommits = 1_000;

    private readonly int[] _answered = new int[Enum.GetValues<ClickSource>().Length];
    private int _crowdedFor;

    /// <summary>Answers all of a commit, which is forgotten then.</summary>
    public void Answer(ClickCommit commit)
    {
        _crowdedFor = clickRoom.UnderWay > FewUnderWay ? CalmCommits : Math.Max(0, _crowdedFor - 1);
        var isHere = mayAnswerHere && _crowdedFor == 0;
        var answers = Answers.Rent();
        foreach (var pending in commit.Requests)
        {
            var outcome = commit.OutcomeOf(pending);
            Note(pending, outcome, commit);
            // A batch has hundreds of results to write, a click none.
            if (isHere && pending.Source != ClickSource.Batch) pending.Complete(outcome);
            else answers = answers.Add(pending, outcome);
        }

        answers.Send();
        commit.Clear();
        Count();
    }

    private void Note(PendingClicks pending, WriteOutcome outcome, ClickCommit commit)
    {
        var clicks = pending.Clicks;
        waiting.Release(clicks);
        if (outcome == WriteOutcome.KeptHere) IngestionMetrics.SpillClicks.Add(clicks.Length);
        if (outcome == WriteOutcome.Refused) IngestionMetrics.Refused(commit.Failure is not null && pending.MaySpill ? ClickReason.SpillFull : ClickReason.Unavailable, clicks.Length);
        else _answered[(int)pending.Source] += clicks.Length;
    }

    private void Count()
    {
        for (var source = 0; source < _answered.Length; source++)
        {
            if (_answered[source] == 0) continue;
            IngestionMetrics.Accepted(_answered[source], (ClickSource)source);
            _answered[source] = 0;
        }
    }
}
