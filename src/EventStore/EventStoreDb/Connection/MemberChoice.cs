using Adclicks.EventStore.EventStoreDb.Protos;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>Picks a member of the cluster by preference.</summary>
internal static class MemberChoice
{
    private static readonly Member.Types.State[] _leaders = [Member.Types.State.Leader];

    private static readonly Member.Types.State[] _followers = [Member.Types.State.Follower];

    private static readonly Member.Types.State[] _replicas =
    [
        Member.Types.State.ReadOnlyReplica, Member.Types.State.PreReadOnlyReplica, Member.Types.State.ReadOnlyLeaderless,
    ];

    /// <summary>
    /// A live member of the preferred kind, at random among several; for readers that prefer something else than the
    /// leader any other that is in service. Null when there is none: only the leader will do for the leader.
    /// </summary>
    public static Endpoint? Choose(IEnumerable<Member> members, NodePreference preference)
    {
        var alive = members.Where(m => m.IsAlive && m.HttpEndPoint is not null).ToList();
        Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(alive));
        Member.Types.State[][] order = preference switch
        {
            NodePreference.Leader => [_leaders],
            NodePreference.Follower => [_followers, _leaders, _replicas],
            NodePreference.ReadOnlyReplica => [_replicas, _followers, _leaders],
            _ => [[.. _leaders, .. _followers, .. _replicas]],
        };
        return order
            .Select(states => alive.Find(m => states.Contains(m.State)))
            .FirstOrDefault(m => m is not null) is { } chosen
                ? new Endpoint(chosen.HttpEndPoint.Address, (int)chosen.HttpEndPoint.Port)
                : null;
    }
}
