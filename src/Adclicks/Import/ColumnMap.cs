namespace Adclicks.Import;

/// <summary>The names of a file's columns as fields of a click; those not named keep their name.</summary>
internal sealed class ColumnMap
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    /// <summary>Reads <c>column=field,column=field</c>.</summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static ColumnMap Parse(string? text)
    {
        var map = new ColumnMap();
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = pair.LastIndexOf('=');
            if (at <= 0 || at == pair.Length - 1) throw new FormatException($"--map: {pair} is not column=field.");
            map._fields[pair[..at].Trim()] = pair[(at + 1)..].Trim();
        }

        return map;
    }

    /// <summary>The field of a column.</summary>
    public string FieldOf(string column) => _fields.GetValueOrDefault(column, column);
}
