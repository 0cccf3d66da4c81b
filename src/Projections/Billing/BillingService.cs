using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Billing;

/// <summary>Closes hours as they fall due. That an hour is closed once is seen to by the revision that a close expects.</summary>
internal sealed class BillingService(LedgerCloser closer, LockConnections locks, ProjectionThreads threads, IOptions<BillingOptions> options, TimeProvider time, ILogger<BillingService> logger)
    : LockedService("billing", locks, TimeSpan.FromMilliseconds(options.Value.PollMs), threads, time)
{
    /// <inheritdoc/>
    protected override bool IsWanted => options.Value.Close;

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellationToken) => closer.CloseAsync(wait: true, cancellationToken);

    /// <inheritdoc/>
    protected override void Failed(Exception reason) => logger.CloseFailed(reason, options.Value.PollMs);

    /// <inheritdoc/>
    protected override void Ended() => closer.Forget();
}
