using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Access.Keys;

/// <summary>
/// The text of a managed key: <c>ack_ID_SECRET</c>, an id of 64 bits and a secret of 256, both in lower-case hexadecimal. The
/// prefix lets scanners of code and logs find one that has leaked.
/// </summary>
internal static class KeyText
{
    private const string Prefix = "ack_";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;
    private const int SecretAt = 4 + (2 * IdBytes) + 1;
    private const int Length = SecretAt + (2 * SecretBytes);

    /// <summary>A new key and its id.</summary>
    public static (string Id, string Text) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        return (id, $"{Prefix}{id}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    /// <summary>The id in a text; empty where it has not the form of a managed key.</summary>
    public static ReadOnlySpan<char> IdOf(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[SecretAt - 1] == '_' ? text.AsSpan(Prefix.Length, 2 * IdBytes) : [];

    /// <summary>The SHA-256 of a text, which is what is kept of it.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
