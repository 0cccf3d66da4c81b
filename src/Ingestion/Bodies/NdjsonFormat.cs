namespace Adclicks.Ingestion.Bodies;

/// <summary>A JSON object a line; empty lines are no clicks.</summary>
internal sealed class NdjsonFormat : BatchFormat
{
    public override string Expected => "JSON objects, one a line";

    public override int Read(ReadOnlySpan<byte> bytes, bool isLast, BatchLimits limits)
    {
        var used = 0;
        while (used < bytes.Length && Clicks.Count <= limits.MaxClicks)
        {
            var end = bytes[used..].IndexOf((byte)'\n');
            var line = end < 0 ? bytes[used..] : bytes.Slice(used, end);
            limits.CheckClick(line.Length);
            if (end < 0 && !isLast) break;
            used += end < 0 ? line.Length : end + 1;
            line = ClickJson.WithoutMark(line).Trim(" \t\r"u8);
            if (!line.IsEmpty) Clicks.Add(ClickJson.Read(line));
        }

        return used;
    }
}
