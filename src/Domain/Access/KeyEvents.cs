using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Adclicks.Domain.Access;

/// <summary>The events of the stream <c>keys</c>, as JSON.</summary>
public static class KeyEvents
{
    /// <summary>The type of <see cref="ApiKey"/>.</summary>
    public const string Created = "key-created";

    /// <summary>The type of <see cref="RevokedKey"/>.</summary>
    public const string Revoked = "key-revoked";

    /// <summary>The payload of <see cref="Created"/>.</summary>
    public static byte[] ToJson(ApiKey key) => JsonSerializer.SerializeToUtf8Bytes(key, KeyJson.Default.ApiKey);

    /// <summary>The payload of <see cref="Revoked"/>.</summary>
    public static byte[] ToJson(RevokedKey key) => JsonSerializer.SerializeToUtf8Bytes(key, KeyJson.Default.RevokedKey);

    /// <summary>The metadata of both: by whom.</summary>
    public static byte[] ToJson(KeyMetadata metadata) => JsonSerializer.SerializeToUtf8Bytes(metadata, KeyJson.Default.KeyMetadata);

    /// <summary>Reads the payload of <see cref="Created"/>.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static ApiKey ReadCreated(ReadOnlySpan<byte> json) => Read(json, KeyJson.Default.ApiKey);

    /// <summary>Reads the payload of <see cref="Revoked"/>.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static RevokedKey ReadRevoked(ReadOnlySpan<byte> json) => Read(json, KeyJson.Default.RevokedKey);

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException("The payload is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The payload is not what its type says: " + e.Message, e);
        }
    }
}

/// <summary>The metadata of an event of <c>keys</c>: who made or revoked the key.</summary>
/// <param name="By">The name of the key used.</param>
/// <param name="KeyId">Its id.</param>
/// <param name="Role">As what it acted.</param>
/// <param name="CorrelationId">Of the request.</param>
public sealed record KeyMetadata(string By, string KeyId, string Role, string CorrelationId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(RevokedKey))]
[JsonSerializable(typeof(KeyMetadata))]
internal sealed partial class KeyJson : JsonSerializerContext;
