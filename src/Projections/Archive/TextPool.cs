using System.Text;
using Adclicks.Projections.Aggregation;

namespace Adclicks.Projections.Archive;

/// <summary>Texts that come again and again, decoded once. For one thread.</summary>
internal sealed class TextPool
{
    /// <summary>Beyond it, it is begun anew: most texts come again soon.</summary>
    private const int MaxTexts = 100_000;

    private readonly Dictionary<byte[], string> _texts = new(Utf8Bytes.Comparer);

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
