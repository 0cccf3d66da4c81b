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
        var length = Encoding.UTF8.GetByteCount(address) + 1 + Encoding.UTF8.GetByteCount(userId);
        var sealed_ = new byte[NonceBytes + length + TagBytes];
        var nonce = sealed_.AsSpan(0, NonceBytes);
        RandomBytes.Fill(nonce);
        // Encrypted in place: the plain text is nowhere else.
        var text = sealed_.AsSpan(NonceBytes, length);
        var at = Encoding.UTF8.GetBytes(address, text);
        text[at] = (byte)'\n';
        Encoding.UTF8.GetBytes(userId, text[(at + 1)..]);
        CipherOf(keys.DayKey(day)).Encrypt(nonce, text, text, sealed_.AsSpan(NonceBytes + length));
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
