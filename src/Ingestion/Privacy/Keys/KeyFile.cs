using System.Security.Cryptography;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// What a key's file says: <c>adclicks-key-1</c>, the id of the master key, and a wrapped key of 32 bytes. For a tree with nothing taken away
/// that is its root. Else a fourth word is the tree, sealed under that key, so that a vault never has more than 32 bytes to wrap.
/// </summary>
internal static class KeyFile
{
    private const string Format = "adclicks-key-1";
    private const int Words = 3, WordsWithTree = 4;

    /// <summary>Whether it is of before keys were wrapped: the root in Base64, and nothing else.</summary>
    public static bool IsUnwrapped(string text) => !text.StartsWith(Format, StringComparison.Ordinal);

    /// <summary>The text for a tree.</summary>
    public static string Write(KeyTree tree, IMasterKey master, string name)
    {
        if (tree.Root is { } root) return $"{Format} {master.Id} {master.Wrap(root, name)}\n";
        var key = RandomNumberGenerator.GetBytes(SecretFile.KeyBytes);
        return $"{Format} {master.Id} {master.Wrap(key, name)} {Convert.ToBase64String(Envelope.Seal(key, tree.ToBytes(), name))}\n";
    }

    /// <summary>The tree.</summary>
    /// <exception cref="KeyStoreException">It is damaged, or cannot be unwrapped.</exception>
    public static KeyTree Read(string text, MasterKeys masters, string name)
    {
        if (IsUnwrapped(text)) return KeyTree.Of(SecretFile.Parse(text, $"The key {name}"));
        var words = Split(text, name);
        var key = masters.Find(words[1]).Unwrap(words[2], name);
        if (words.Length == Words) return KeyTree.Of(key);
        try
        {
            return KeyTree.Parse(Envelope.Open(key, words[3], name));
        }
        catch (FormatException e)
        {
            throw new KeyStoreException($"The key {name} is damaged: {e.Message}", e);
        }
    }

    /// <summary>The same key, wrapped by another master key.</summary>
    public static string Rewrap(string text, MasterKeys masters, IMasterKey master, string name)
    {
        if (IsUnwrapped(text)) return Write(Read(text, masters, name), master, name);
        var words = Split(text, name);
        words[2] = master.Wrap(masters.Find(words[1]).Unwrap(words[2], name), name);
        words[1] = master.Id;
        return string.Join(' ', words) + "\n";
    }

    private static string[] Split(string text, string name)
    {
        var words = text.TrimEnd().Split(' ');
        return words[0] == Format && words.Length is Words or WordsWithTree ? words : throw new KeyStoreException($"The key {name} is not in a form that is known.");
    }
}
