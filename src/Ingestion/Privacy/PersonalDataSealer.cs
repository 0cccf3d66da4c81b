using System.Text;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Privacy.Keys;

namespace Adclicks.Ingestion.Privacy;

/// <summary>What a click's sealed copy says.</summary>
/// <param name="Address">The client address; empty for none.</param>
/// <param name="UserId">The user id; empty for none.</param>
public sealed record PersonalData(string Address, string UserId);

/// <summary>
/// Seals address and user id under the key that the day of receipt has for the visitor: nonce (12 bytes), ciphertext, tag (16). The plain
/// text is address, newline, user id in UTF-8. Without that key nobody reads it again.
/// </summary>
public sealed class PersonalDataSealer(IKeyStore keys)
{
    /// <summary>Whether the key of a day is in memory: else <see cref="Seal"/> may take as long as a vault to answer.</summary>
    public bool IsReady(uint day) => keys.HasSealingKey(day);

    /// <summary>The sealed copy. Empty where there is nothing to seal, no key can be had, or the visitor was erased today.</summary>
    /// <param name="day">Of receipt, in days since the Unix epoch.</param>
    /// <param name="visitorHash">As the click has it.</param>
    /// <param name="address">Of the client; empty for none.</param>
    /// <param name="userId">Empty for none.</param>
    public byte[] Seal(uint day, byte[] visitorHash, string address, string userId)
    {
        if (address.Length == 0 && userId.Length == 0) return [];
        var sealed_ = new byte[SealCipher.NonceBytes + Encoding.UTF8.GetByteCount(address) + 1 + Encoding.UTF8.GetByteCount(userId) + SealCipher.TagBytes];
        while (keys.SealingKey(day) is { } key)
        {
            // Encrypted in place: the plain text is nowhere else.
            var text = sealed_.AsSpan(SealCipher.NonceBytes);
            var at = Encoding.UTF8.GetBytes(address, text);
            text[at] = (byte)'\n';
            Encoding.UTF8.GetBytes(userId, text[(at + 1)..]);
            if (key.TrySeal(visitorHash, sealed_) is { } isSealed) return isSealed ? sealed_ : [];
        }

        IngestionMetrics.Unsealed.Add(1);
        return [];
    }

    /// <summary>Opens a sealed copy, if it still can be.</summary>
    /// <param name="day">Of receipt, in days since the Unix epoch.</param>
    /// <param name="visitorHash">As the click has it.</param>
    /// <param name="copy">As the click has it; not empty.</param>
    /// <param name="data">What it says, where it was opened.</param>
    /// <exception cref="KeyStoreException">The key is there and cannot be had.</exception>
    public SealState Open(uint day, ReadOnlySpan<byte> visitorHash, ReadOnlySpan<byte> copy, out PersonalData? data)
    {
        while (keys.Find(day) is { } key)
        {
            if (key.TryOpen(visitorHash, copy, out var text) is not { } state) continue;
            var end = text.AsSpan().IndexOf((byte)'\n');
            data = state == SealState.Readable && end >= 0 ? new PersonalData(Encoding.UTF8.GetString(text.AsSpan(0, end)), Encoding.UTF8.GetString(text.AsSpan(end + 1))) : null;
            return state;
        }

        data = null;
        return SealState.Shredded;
    }
}
