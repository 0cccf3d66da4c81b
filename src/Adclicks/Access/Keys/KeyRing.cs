using System.Collections.Concurrent;
using System.Security.Cryptography;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;

namespace Adclicks.Access.Keys;

/// <summary>
/// All keys in memory: those of <c>keys.json</c>, and the managed ones as the stream <c>keys</c> says. Holds hashes only.
/// To let a caller in takes one SHA-256 and one look.
/// </summary>
internal sealed class KeyRing(IReadOnlyDictionary<string, string> keysByRole, TimeProvider time)
{
    private const int MaxKeyLength = 512;

    private static readonly AuthenticateResult Unknown = AuthenticateResult.Fail("unknown key");
    private static readonly AuthenticateResult NotLoaded = AuthenticateResult.Fail(new SignInUnavailableException("The keys have not been read from the log yet."));

    private readonly KnownKey[] _ofFile = [.. keysByRole.Select(k => new KnownKey(
        new ApiKey(k.Key, $"{k.Key} key", k.Key, Convert.ToHexStringLower(KeyText.HashOf(k.Value)), DateTimeOffset.UnixEpoch), isManaged: false))];

    private readonly ConcurrentDictionary<string, KnownKey> _managed = new(StringComparer.Ordinal);
    private volatile bool _isLoaded;

    /// <summary>The managed keys, revoked and expired ones too.</summary>
    public IEnumerable<KnownKey> Managed => _managed.Values;

    /// <summary>How many managed keys are good.</summary>
    public int LiveCount => _managed.Values.Count(k => k.RevokedAt is null && !k.IsExpired(time.GetUtcNow()));

    /// <summary>The managed key of an id; null for none.</summary>
    public KnownKey? Find(string id) => _managed.GetValueOrDefault(id);

    /// <summary>All managed keys there are have been applied once. Until then, one that is not known may still be good.</summary>
    public void SetLoaded() => _isLoaded = true;

    /// <summary>Whether a caller with this key is let in; why not is for the audit log.</summary>
    public AuthenticateResult Check(string text, out KnownKey? key)
    {
        key = null;
        if (text.Length > MaxKeyLength) return Unknown;
        var id = KeyText.IdOf(text);
        if (!id.IsEmpty) return CheckManaged(text, id, out key);
        var hash = KeyText.HashOf(text);
        // All of them, so that it takes the same time for each.
        foreach (var known in _ofFile)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known.Hash)) key = known;
        }

        return key?.Result ?? Unknown;
    }

    /// <summary>Takes an event of <c>keys</c> in; one that was taken in before changes nothing. False for what is no such event.</summary>
    public bool Apply(string type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case KeyEvents.Created:
                var created = new KnownKey(KeyEvents.ReadCreated(data), isManaged: true);
                _managed.TryAdd(created.Key.Id, created);
                return true;
            case KeyEvents.Revoked:
                var revoked = KeyEvents.ReadRevoked(data);
                Find(revoked.Id)?.Revoke(revoked.RevokedAt);
                return true;
            default:
                return false;
        }
    }

    private AuthenticateResult CheckManaged(string text, ReadOnlySpan<char> id, out KnownKey? key)
    {
        key = null;
        if (!_managed.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var known)) return _isLoaded ? Unknown : NotLoaded;
        if (!CryptographicOperations.FixedTimeEquals(KeyText.HashOf(text), known.Hash)) return AuthenticateResult.Fail($"not the secret of key {known.Key.Id}");
        if (known.RevokedAt is not null) return AuthenticateResult.Fail($"revoked key {known.Key.Id}");
        if (known.IsExpired(time.GetUtcNow())) return AuthenticateResult.Fail($"expired key {known.Key.Id}");
        key = known;
        return known.Result;
    }
}
