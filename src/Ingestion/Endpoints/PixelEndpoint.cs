using System.Buffers;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Redirects;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Limits;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Redirects;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// <c>GET /track/click</c>: records a click and sends the visitor on, or answers with an image of one pixel. The visitor
/// is served even when the click cannot be recorded; a header says so then.
/// </summary>
internal sealed class PixelEndpoint(ClickRecorder recorder, ClickRedirects redirects, ReferenceFeed reference, RejectionLog rejections, RateLimits limits, SocketThread thread, TimeProvider time)
{
    private const string RecordedHeader = "X-Click-Recorded";

    // A transparent GIF of one pixel.
    private static readonly byte[] _pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public Task HandleAsync(HttpContext context)
    {
        var query = ClickQuery.Read(context.Request.QueryString);
        var facts = RequestReading.FactsOf(context, ClickSource.Pixel, isAuthenticated: false);
        query.Click.EventId = RandomBytes.NewUuid(time.GetUtcNow()).ToString();
        var answer = Resolve(query);
        if (answer.Decision.IsRejected)
        {
            var reason = ReasonOf(answer.Decision.Refusal);
            var error = ProblemOf(reason);
            rejections.Add(reason, facts, [error]);
            return RefuseAsync(context, [error]);
        }

        var location = query.WantsNothing ? null : answer.Decision.Location;
        if (NotCounted(context, answer.Decision) is not { } uncounted) return RecordAsync(context, query.Click, facts, answer.Nonce, location, query.WantsNothing);
        IngestionMetrics.Refused(uncounted);
        return AnswerUncountedAsync(context, location, query.WantsNothing);
    }

    private RedirectAnswer Resolve(ClickQuery query)
    {
        var click = query.Click;
        var request = new RedirectRequest(
            new TargetMacros(click.EventId, click.AdId, click.CampaignId, click.PublisherId), query.RedirectUrl, query.Signature, query.ExpiresAt, query.KeyId, query.Nonce);
        return redirects.Resolve(request, reference.AppliedRevision);
    }

    /// <summary>With what speaks against the click already; it is recorded and the visitor served all the same.</summary>
    private RequestFacts Marked(RequestFacts facts, bool isFirstUse)
    {
        var isWithinLimit = limits.Allow(facts.Address);
        if (isWithinLimit && isFirstUse) return facts;
        var mark = isFirstUse ? ClickReason.RateLimited : ClickReason.DuplicateNonce;
        IngestionMetrics.Marked(mark);
        return facts with { Mark = mark };
    }

    private async Task RecordAsync(HttpContext context, RawClick click, RequestFacts facts, UrlNonce? nonce, string? location, bool wantsNothing)
    {
        if (recorder.Refuse(click, facts) is { } errors)
        {
            await RefuseAsync(context, errors);
            return;
        }

        if (recorder.IsReady) thread.Keep(context);
        else await SocketThread.Leave(context);
        var isFirstUse = nonce is not { } named || redirects.TryUse(named);
        var outcome = await recorder.RecordAsync(click, Marked(facts, isFirstUse), maySpill: location is not null);
        if (outcome != WriteOutcome.InLog) context.Response.Headers[RecordedHeader] = outcome == WriteOutcome.KeptHere ? "later" : "false";
        if (outcome == WriteOutcome.Refused)
        {
            if (isFirstUse && nonce is { } unused) redirects.GiveBack(unused);
            await SocketThread.Leave(context);
        }

        if (outcome == WriteOutcome.Refused && location is null) await ClickAnswers.Unavailable.ExecuteAsync(context);
        else Answer(context, location, wantsNothing);
    }

    private static async Task RefuseAsync(HttpContext context, IReadOnlyList<FieldError> errors)
    {
        await SocketThread.Leave(context);
        await ClickAnswers.Invalid(errors).ExecuteAsync(context);
    }

    private static async Task AnswerUncountedAsync(HttpContext context, string? location, bool wantsNothing)
    {
        await SocketThread.Leave(context);
        Answer(context, location, wantsNothing);
    }

    private static ClickReason? NotCounted(HttpContext context, RedirectDecision decision)
    {
        if (HttpMethods.IsHead(context.Request.Method)) return ClickReason.Head;
        if (RequestReading.IsPrefetch(context)) return ClickReason.Prefetch;
        return decision.Refusal == RedirectRefusal.None ? null : ReasonOf(decision.Refusal);
    }

    private static ClickReason ReasonOf(RedirectRefusal refusal) => refusal switch
    {
        RedirectRefusal.BadSignature => ClickReason.BadSignature,
        RedirectRefusal.ExpiredSignature => ClickReason.ExpiredSignature,
        RedirectRefusal.TargetNotAllowed => ClickReason.TargetNotAllowed,
        _ => ClickReason.TargetMalformed,
    };

    private static FieldError ProblemOf(ClickReason reason) => reason switch
    {
        ClickReason.BadSignature => new("sig", "must be the signature of ad_id, publisher_id, redirect_url, exp, kid and nonce by a key that is known here"),
        ClickReason.ExpiredSignature => new("exp", "must be later than now: the signature has expired"),
        ClickReason.TargetNotAllowed => new("redirect_url", "must be the ad's registered target, on an allowed host of its advertiser, or signed"),
        _ => new("redirect_url", "must be an http or https URL"),
    };

    private static void Answer(HttpContext context, string? location, bool wantsNothing)
    {
        var response = context.Response;
        ClickHeaders.Add(response.Headers);
        if (location is not null)
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = location;
            response.Headers["Referrer-Policy"] = "no-referrer";
            return;
        }

        if (wantsNothing)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.ContentType = "image/gif";
        response.ContentLength = _pixel.Length;
        // Sent with the headers, when the request ends.
        if (!HttpMethods.IsHead(context.Request.Method)) response.BodyWriter.Write(_pixel);
    }
}
