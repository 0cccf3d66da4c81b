namespace Adclicks.Projections.Engine;

/// <summary>The lanes of one generation, running.</summary>
internal sealed class GenerationRun
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _lanes;

    public GenerationRun(IEnumerable<LaneRunner> lanes, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _lanes = Task.WhenAll(lanes.Select(l => l.RunAsync(_stop.Token)).ToArray());
    }

    /// <summary>Returns when all lanes have flushed and given up their leases.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _lanes;
        _stop.Dispose();
    }
}
