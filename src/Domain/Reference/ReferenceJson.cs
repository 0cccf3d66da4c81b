using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Adclicks.Domain.Reference;

/// <summary>How reference data is written as JSON, in the log and over HTTP alike.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Advertiser))]
[JsonSerializable(typeof(Campaign))]
[JsonSerializable(typeof(Ad))]
[JsonSerializable(typeof(Publisher))]
[JsonSerializable(typeof(Rule))]
[JsonSerializable(typeof(RemovedItem))]
[JsonSerializable(typeof(LogSettings))]
internal sealed partial class ReferenceJson : JsonSerializerContext
{
    public static JsonTypeInfo TypeOf(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Advertiser => Default.Advertiser,
        ReferenceKind.Campaign => Default.Campaign,
        ReferenceKind.Ad => Default.Ad,
        ReferenceKind.Publisher => Default.Publisher,
        ReferenceKind.Rule => Default.Rule,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

/// <summary>The payload of a removal.</summary>
internal sealed record RemovedItem(string Id);
