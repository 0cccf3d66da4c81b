using System.Text;

namespace Adclicks.Import;

/// <summary>Splits a CSV record (RFC 4180) into its cells.</summary>
internal static class CsvRecord
{
    /// <summary>Whether a quote is open at the end of this text, so that the record goes on in the next line.</summary>
    public static bool IsOpen(ReadOnlySpan<byte> text) => text.Count((byte)'"') % 2 != 0;

    /// <summary>Its cells; null where text follows a closing quote or a quote is left open.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        for (var i = 0; ; i++)
        {
            cell.Clear();
            if (i < text.Length && text[i] == '"')
            {
                for (i++; ; i++)
                {
                    if (i >= text.Length) return null;
                    if (text[i] != '"') cell.Append(text[i]);
                    else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
                    else break;
                }

                i++;
                if (i < text.Length && text[i] != ',') return null;
            }
            else
            {
                while (i < text.Length && text[i] != ',') cell.Append(text[i++]);
            }

            cells.Add(cell.ToString());
            if (i >= text.Length) return cells;
        }
    }
}
