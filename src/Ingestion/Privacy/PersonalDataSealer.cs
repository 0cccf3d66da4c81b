using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Ingestion.Privacy;

/// <summary>
/// Seals address and user id under the key of the day: nonce (12 bytes), ciphertext, tag (16). The plain text is
/// address, newline, user id in UTF-8. Without the day's key nobody reads it again.
/// </summary>
internal sealed class PersonalDataSealer(IKeyStore keys)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // A cipher is not to be shared by threads, and costs more to make than to use.
    [ThreadStatic] private static (byte[] Key, AesGcm Cipher) _cipher;

    /// <summary>Empty where there is nothing to seal.</summary>
    public byte[] Seal(uint day, string address, string userId)
    {
        if (address.Length == 0 && userId.Length == 0) return [];
        var plain = Encoding.UTF8.GetBytes($"{address}\n{userId}");
        var sealed_ = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealed_.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        CipherOf(keys.DayKey(day)).Encrypt(nonce, plain, sealed_.AsSpan(NonceBytes, plain.Length), sealed_.AsSpan(NonceBytes + plain.Length));
        return sealed_;
    }

    private static AesGcm CipherOf(byte[] key)
    {
        if (ReferenceEquals(_cipher.Key, key)) return _cipher.Cipher;
        _cipher.Cipher?.Dispose();
        _cipher = (key, new AesGcm(key, TagBytes));
        return _cipher.Cipher;
    }
}
