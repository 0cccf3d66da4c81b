using System.Globalization;
using System.Text;
using Adclicks.Domain.Redirects;
using Adclicks.EventStore.Reference;

namespace Adclicks.Ingestion.Redirects;

/// <summary>What a click URL says about where it leads: its parameters, as they came. Absent ones are null or empty.</summary>
/// <param name="Macros">The ids of the click; ad and publisher are under the signature.</param>
/// <param name="RedirectUrl"><c>redirect_url</c></param>
/// <param name="Signature"><c>sig</c></param>
/// <param name="ExpiresAt"><c>exp</c>: Unix seconds.</param>
/// <param name="KeyId"><c>kid</c></param>
/// <param name="Nonce"><c>nonce</c></param>
public readonly record struct RedirectRequest(
    TargetMacros Macros, string? RedirectUrl, string? Signature, string? ExpiresAt, string? KeyId, string? Nonce);

/// <summary>What to do with it.</summary>
/// <param name="Decision">Where to send it, and whether it counts.</param>
/// <param name="Nonce">That of a good signature, to be used by the click if it is recorded.</param>
public readonly record struct RedirectAnswer(RedirectDecision Decision, UrlNonce? Nonce);

/// <summary>A nonce of a key.</summary>
public readonly record struct UrlNonce(string KeyId, string Nonce);

/// <summary>Decides where clicks lead, by the reference data and keys of this node.</summary>
public sealed class ClickRedirects(ReferenceFeed feed, UrlKeyRing keys, NonceMemory nonces, TimeProvider time)
{
    private const int StackBytes = 512;

    /// <summary>Decides on one request. It uses no nonce: whether it is a click that is recorded is not known yet.</summary>
    /// <param name="request">What the URL says.</param>
    /// <param name="referenceRevision">The revision that the click is recorded with.</param>
    public RedirectAnswer Resolve(in RedirectRequest request, long referenceRevision)
    {
        var signature = Check(request);
        var adId = request.Macros.AdId;
        var size = Encoding.UTF8.GetMaxByteCount(adId.Length);
        Span<byte> utf8 = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        var placement = feed.History.AsOf(referenceRevision).Place(utf8[..Encoding.UTF8.GetBytes(adId, utf8)]);
        var decision = RedirectPolicy.Decide(placement, request.RedirectUrl, signature, request.Macros);
        RedirectMetrics.Decided(decision);
        var isUsing = signature == SignatureCheck.Valid && decision.Refusal == RedirectRefusal.None && !string.IsNullOrEmpty(request.Nonce);
        return new(decision, isUsing ? new UrlNonce(request.KeyId!, request.Nonce!) : null);
    }

    /// <summary>Whether this is its first use by a click.</summary>
    public bool TryUse(in UrlNonce nonce) => nonces.TryUse(nonce.KeyId, nonce.Nonce);

    /// <summary>The click that used it is not recorded after all.</summary>
    public void GiveBack(in UrlNonce nonce) => nonces.Forget(nonce.KeyId, nonce.Nonce);

    private SignatureCheck Check(in RedirectRequest request)
    {
        if (string.IsNullOrEmpty(request.Signature)) return SignatureCheck.Absent;
        if (request.KeyId is not { Length: > 0 and <= SignedUrl.KeyIdLength } keyId
            || request.Nonce is { Length: > SignedUrl.NonceLength }
            || !long.TryParse(request.ExpiresAt, NumberStyles.None, CultureInfo.InvariantCulture, out var expiresAt)
            || keys.Find(keyId) is not { } key)
            return SignatureCheck.Invalid;
        var signed = new SignedUrl(
            request.Macros.AdId, request.Macros.PublisherId, request.RedirectUrl ?? "", expiresAt, keyId, request.Nonce ?? "");
        if (!signed.Verify(key, request.Signature)) return SignatureCheck.Invalid;
        return time.GetUtcNow().ToUnixTimeSeconds() < expiresAt ? SignatureCheck.Valid : SignatureCheck.Expired;
    }
}
