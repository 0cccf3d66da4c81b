namespace Adclicks.Ingestion.Tests.Support;

/// <summary>The time of the system, but what happens every minute or less often happens twenty times a second.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(1), _hurried = TimeSpan.FromMilliseconds(50);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, Hurried(dueTime), Hurried(period));

    private static TimeSpan Hurried(TimeSpan time) => time >= _long ? _hurried : time;
}
