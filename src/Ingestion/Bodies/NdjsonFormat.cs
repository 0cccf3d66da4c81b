namespace Adclicks.Ingestion.Bodies;

/// <summary>A JSON object a line; empty lines are no clicks.</summary>
internal sealed class NdjsonFormat : BatchFormat
{
    public override string Expected => "JSON objects, one a line";

    public override int Read(ReadOnlySpan<byte> bytes, bool isLast, int maxClicks)
    {
        var used = 0;
        while (used < bytes.Length && Clicks.Count <= maxClicks)
        {
            var end = bytes[used..].IndexOf((byte)'\n');
            if (end < 0 && !isLast) break;
            var line = end < 0 ? bytes[used..] : bytes.Slice(used, end);
            used += end < 0 ? line.Length : end + 1;
            line = line.Trim(" \t\r"u8);
            if (!line.IsEmpty) Clicks.Add(ClickJson.Read(line));
        }

        return used;
    }
}
