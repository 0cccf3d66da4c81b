using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Access.Keys;

/// <summary>Makes and revokes managed keys: an event each, in force on this node when it returns and on the others when the event is there.</summary>
internal sealed class KeyWriter(IEventLog log, KeyRing ring, TimeProvider time)
{
    /// <summary>Makes a key. Its text is in the result and nowhere else.</summary>
    /// <exception cref="EventLogUnavailableException">The log is away.</exception>
    public async Task<(ApiKey Key, string Text)> CreateAsync(NewKey wanted, AuditActor by, string correlationId, CancellationToken cancellationToken)
    {
        var (id, text) = KeyText.Create();
        var hash = Convert.ToHexStringLower(KeyText.HashOf(text));
        var key = new ApiKey(id, wanted.Name, wanted.Role, hash, time.GetUtcNow(), wanted.AdvertiserId, wanted.PublisherId, wanted.ExpiresAt);
        await AppendAsync(KeyEvents.Created, KeyEvents.ToJson(key), by, correlationId, cancellationToken);
        return (key, text);
    }

    /// <summary>Revokes a key, for good; false where there is none. Revoking it again changes nothing.</summary>
    /// <exception cref="EventLogUnavailableException">The log is away: the key is still good.</exception>
    public async Task<bool> RevokeAsync(string id, AuditActor by, string correlationId, CancellationToken cancellationToken)
    {
        if (ring.Find(id) is not { } known) return false;
        if (known.RevokedAt is null) await AppendAsync(KeyEvents.Revoked, KeyEvents.ToJson(new RevokedKey(id, time.GetUtcNow())), by, correlationId, cancellationToken);
        return true;
    }

    private async Task AppendAsync(string type, byte[] data, AuditActor by, string correlationId, CancellationToken cancellationToken)
    {
        var metadata = KeyEvents.ToJson(new KeyMetadata(by.Name, by.KeyId, by.Role, correlationId));
        var recorded = new EventData(Guid.CreateVersion7(time.GetUtcNow()), type, data, metadata, IsJson: true);
        var result = await log.AppendAsync(StreamNames.Keys, ExpectedRevision.Any, [recorded], cancellationToken);
        if (!result.Succeeded) throw new EventLogUnavailableException($"The log refused the change: {result.Outcome}.");
        ring.Apply(type, data);
    }
}
