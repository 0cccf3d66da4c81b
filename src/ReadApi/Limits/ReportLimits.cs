using System.Globalization;
using System.Threading.RateLimiting;
using Adclicks.ReadApi.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Limits;

/// <summary>
/// Limits what one key may ask: requests a second (a token bucket), and requests at a time. Whoever asks for more gets 429
/// with <c>Retry-After</c>. A key that has been quiet for a while is forgotten, with a full bucket.
/// </summary>
public static class ReportLimits
{
    private const string Policy = "reports";

    /// <summary>Adds them. The pipeline needs <c>UseRateLimiter</c> behind authorization.</summary>
    public static IServiceCollection AddReportLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LimitOptions>().Bind(configuration.GetSection(LimitOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LimitOptions>, OptionsCheck>();
        return services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = RefuseAsync;
            limiter.AddPolicy(Policy, http => RateLimitPartition.Get(
                CallerScope.KeyOf(http.User), _ => LimiterOf(http.RequestServices.GetRequiredService<IOptions<LimitOptions>>().Value)));
        });
    }

    /// <summary>The endpoint counts as asking for reports.</summary>
    public static TBuilder LimitedPerKey<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireRateLimiting(Policy);

    private static RateLimiter LimiterOf(LimitOptions options) => RateLimiter.CreateChained(
        new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst, TokensPerPeriod = options.RequestsPerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }),
        new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Concurrent, QueueLimit = options.Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Ceiling(after.TotalSeconds) : 1;
        context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, wait).ToString(CultureInfo.InvariantCulture);
        await Results.Problem(
            "This key asks more than it may, in a second or at a time; ask again later.",
            title: "Too many requests.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context.HttpContext);
    }

    private sealed class OptionsCheck : IValidateOptions<LimitOptions>
    {
        public ValidateOptionsResult Validate(string? name, LimitOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
