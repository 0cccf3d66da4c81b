using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Adclicks.Ingestion.Writing.Spill;

/// <summary>Shows how much waits for the log. It does not make the node unready: it can still send visitors on.</summary>
internal sealed class SpillCheck(LogOutage outage) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var bytes = outage.WaitingBytes;
        var text = string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes of clicks wait for the log.");
        return Task.FromResult(bytes == 0 ? HealthCheckResult.Healthy("Nothing waits for the log.") : HealthCheckResult.Degraded(text));
    }
}
