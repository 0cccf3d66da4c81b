using System.Net;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Enrichment;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using MediatR;

namespace Adclicks.Ingestion.Commands;

/// <summary>What is known of the request that clicks came in with.</summary>
/// <param name="Source">The way in.</param>
/// <param name="IsAuthenticated">Whether a key vouches for what the clicks say of others: their times, addresses and places.</param>
/// <param name="Address">The client's address.</param>
/// <param name="UserAgent">The header.</param>
/// <param name="Hints">Client hints, or null.</param>
/// <param name="NoUserId">The client asked not to be tracked: <c>DNT</c> or <c>Sec-GPC</c>.</param>
/// <param name="CorrelationId">Of the request.</param>
/// <param name="Mark">What speaks against its clicks already; they are recorded with it.</param>
internal sealed record RequestFacts(
    ClickSource Source, bool IsAuthenticated, IPAddress? Address, string UserAgent, ClientHints? Hints, bool NoUserId, string CorrelationId, ClickReason? Mark = null);

/// <summary>Records the clicks of one request: those within their limits become durable, the others are explained.</summary>
/// <param name="Facts">Of the request.</param>
/// <param name="Clicks">As it has them.</param>
/// <param name="Pending">What they are encoded into: the request has room already.</param>
internal sealed record RecordClicks(RequestFacts Facts, IReadOnlyList<RawClick> Clicks, PendingClicks Pending) : IRequest<RecordClicksResult>;

/// <summary>What became of them.</summary>
/// <param name="EventIds">Of the accepted ones, in order.</param>
/// <param name="Rejected">The others, by their place in the request.</param>
internal sealed record RecordClicksResult(IReadOnlyList<string> EventIds, IReadOnlyList<RejectedClick> Rejected);

/// <summary>A click that was refused.</summary>
internal readonly record struct RejectedClick(int Index, IReadOnlyList<FieldError> Errors);
