using System.Text;
using Adclicks.Projections.Aggregation;

namespace Adclicks.Projections.Archive;

/// <summary>Texts that come again and again, decoded once. For one thread.</summary>
internal sealed class TextPool
{
    /// <summary>Beyond it, it is begun anew: most texts come again soon.</summary>
    private const int MaxTexts = 100_000;

    private readonly Dictionary<byte[], string> _texts = new(Utf8Bytes.Comparer);

    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);

    /// <summary>The same string for equal characters.</summary>
    public string Of(ReadOnlySpan<char> characters)
    {
        if (characters.IsEmpty) return "";
        var strings = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
        if (strings.TryGetValue(characters, out var text)) return text;
        if (_strings.Count >= MaxTexts) _strings.Clear();
        _strings.Add(text = characters.ToString());
        return text;
    }

    /// <summary>The text of some UTF-8.</summary>
    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        var texts = _texts.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (texts.TryGetValue(utf8, out var text)) return text;
        if (_texts.Count >= MaxTexts) _texts.Clear();
        return texts[utf8] = Encoding.UTF8.GetString(utf8);
    }
}
