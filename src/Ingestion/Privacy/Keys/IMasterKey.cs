using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>A key that wraps keys: the seam to a vault.</summary>
internal interface IMasterKey
{
    /// <summary>Is written beside what it wrapped. Printable ASCII without spaces.</summary>
    string Id { get; }

    /// <summary>Wraps 32 bytes to a text: printable ASCII without spaces.</summary>
    /// <param name="key">What to wrap.</param>
    /// <param name="name">Whose key it is; what is wrapped under one name does not unwrap under another.</param>
    /// <exception cref="KeyStoreException">It cannot.</exception>
    string Wrap(byte[] key, string name);

    /// <summary>The reverse.</summary>
    /// <exception cref="KeyStoreException">It cannot.</exception>
    byte[] Unwrap(string wrapped, string name);
}

/// <summary>A master key of 32 bytes at hand. AES-256-GCM: nonce (12 bytes), ciphertext, tag (16), in Base64; the name is authenticated with it.</summary>
internal sealed class LocalMasterKey(byte[] master) : IMasterKey
{
    private const int IdBytes = 8;

    /// <inheritdoc/>
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData([.. "adclicks master key"u8, .. master])[..IdBytes]);

    /// <inheritdoc/>
    public string Wrap(byte[] key, string name) => Convert.ToBase64String(Envelope.Seal(master, key, name));

    /// <inheritdoc/>
    public byte[] Unwrap(string wrapped, string name) => Envelope.Open(master, wrapped, name);
}

/// <summary>AES-256-GCM with everything it needs in one piece: nonce (12 bytes), ciphertext, tag (16).</summary>
internal static class Envelope
{
    private const int NonceBytes = 12, TagBytes = 16;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> contents, string name)
    {
        var sealed_ = new byte[NonceBytes + contents.Length + TagBytes];
        RandomNumberGenerator.Fill(sealed_.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(sealed_.AsSpan(0, NonceBytes), contents, sealed_.AsSpan(NonceBytes, contents.Length), sealed_.AsSpan(NonceBytes + contents.Length), Encoding.UTF8.GetBytes(name));
        return sealed_;
    }

    /// <exception cref="KeyStoreException">It was not sealed by this key under this name.</exception>
    public static byte[] Open(byte[] key, string base64, string name)
    {
        try
        {
            var sealed_ = Convert.FromBase64String(base64);
            if (sealed_.Length < NonceBytes + TagBytes) throw new FormatException("It is too short.");
            var contents = new byte[sealed_.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(sealed_.AsSpan(0, NonceBytes), sealed_.AsSpan(NonceBytes, contents.Length), sealed_.AsSpan(NonceBytes + contents.Length), contents, Encoding.UTF8.GetBytes(name));
            return contents;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new KeyStoreException($"The key {name} cannot be unwrapped: {e.Message}", e);
        }
    }
}
