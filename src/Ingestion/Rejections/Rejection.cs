using System.Text.Json.Serialization;
using Adclicks.Ingestion.Validation;

namespace Adclicks.Ingestion.Rejections;

/// <summary>The event <c>click-rejected</c>. Of the fields it names what is wrong, never the value.</summary>
internal sealed record Rejection(
    string Reason, string Source, DateTimeOffset At, string CorrelationId, string AdId, string CampaignId, IReadOnlyList<FieldError> Errors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Rejection))]
[JsonSerializable(typeof(RejectionReport))]
internal sealed partial class RejectionJson : JsonSerializerContext;
