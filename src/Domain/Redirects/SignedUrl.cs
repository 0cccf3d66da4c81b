using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Domain.Redirects;

/// <summary>What a signature of a click URL covers.</summary>
/// <param name="AdId">The parameter <c>ad_id</c>.</param>
/// <param name="PublisherId">The parameter <c>publisher_id</c>, or empty.</param>
/// <param name="Target">The parameter <c>redirect_url</c>, or empty for the ad's registered target.</param>
/// <param name="ExpiresAt">The parameter <c>exp</c>: Unix seconds; the signature is good before it.</param>
/// <param name="KeyId">The parameter <c>kid</c>.</param>
/// <param name="Nonce">The parameter <c>nonce</c>, or empty.</param>
public sealed record SignedUrl(string AdId, string PublisherId, string Target, long ExpiresAt, string KeyId, string Nonce)
{
    /// <summary>Longest nonce.</summary>
    public const int NonceLength = 128;

    /// <summary>Longest key id.</summary>
    public const int KeyIdLength = 32;

    private const string Context = "adclicks-url-1";

    /// <summary>
    /// The parameter <c>sig</c>: HMAC-SHA256, base64url without padding, over the fields in the order of this record,
    /// each with its length, so that none can pass for part of another.
    /// </summary>
    public string Sign(ReadOnlySpan<byte> key) => Base64Url.EncodeToString(Compute(key));

    /// <summary>Whether a signature is of these fields by this key; takes the same time wherever it differs.</summary>
    public bool Verify(ReadOnlySpan<byte> key, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return signature.Length == Base64Url.GetEncodedLength(HMACSHA256.HashSizeInBytes)
            && Base64Url.IsValid(signature)
            && Base64Url.TryDecodeFromChars(signature, given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Compute(key));
    }

    private byte[] Compute(ReadOnlySpan<byte> key)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, ExpiresAt);
        foreach (var field in (ReadOnlySpan<string>)[Context, AdId, PublisherId, Target, KeyId, Nonce]) Append(hmac, field);
        hmac.AppendData(number);
        return hmac.GetHashAndReset();
    }

    private static void Append(IncrementalHash hmac, string field)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        var utf8 = Encoding.UTF8.GetBytes(field);
        BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
        hmac.AppendData(length);
        hmac.AppendData(utf8);
    }
}
