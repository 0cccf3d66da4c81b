namespace Adclicks.Domain.Text;

/// <summary>Cells of CSV (RFC 4180).</summary>
public static class CsvText
{
    /// <summary>A cell for a spreadsheet: what it would take for a formula gets an apostrophe in front.</summary>
    public static string Cell(string value) =>
        Quoted(value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + value : value);

    /// <summary>A cell for a program: the value as it is, quoted where it has to be.</summary>
    public static string Quoted(string value) =>
        value.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
