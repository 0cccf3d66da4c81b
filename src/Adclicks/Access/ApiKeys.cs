using System.Security.Cryptography;
using System.Text;

namespace Adclicks.Access;

/// <summary>Finds the role of a key. Holds hashes only.</summary>
internal sealed class ApiKeys
{
    private const int MaxKeyLength = 512;

    private readonly (string Role, byte[] Hash)[] _keys;

    public ApiKeys(IReadOnlyDictionary<string, string> keysByRole) =>
        _keys = [.. keysByRole.Select(k => (k.Key, SHA256.HashData(Encoding.UTF8.GetBytes(k.Value))))];

    /// <summary>The role; null for a key that is not ours. Takes the same time for either.</summary>
    public string? RoleOf(string key)
    {
        if (key.Length > MaxKeyLength) return null;
        Span<byte> text = stackalloc byte[MaxKeyLength * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        string? found = null;
        foreach (var (role, known) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known)) found = role;
        }

        return found;
    }
}
