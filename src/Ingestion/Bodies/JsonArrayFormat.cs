using System.Text.Json;

namespace Adclicks.Ingestion.Bodies;

/// <summary>A JSON array of objects. Each is read by itself, as a line is: what is said of it is the same.</summary>
internal sealed class JsonArrayFormat : BatchFormat
{
    private JsonReaderState _state = new(ClickJson.Options);
    private bool _isBegun, _isOpen;

    public override string Expected => "a JSON array of objects";

    public override int Read(ReadOnlySpan<byte> bytes, bool isLast, BatchLimits limits)
    {
        if (_isBegun) return ReadArray(bytes, isLast, limits);
        if (!isLast && bytes.Length < ClickJson.Mark.Length && ClickJson.Mark.StartsWith(bytes)) return 0;
        _isBegun = true;
        var text = ClickJson.WithoutMark(bytes);
        return bytes.Length - text.Length + ReadArray(text, isLast, limits);
    }

    private int ReadArray(ReadOnlySpan<byte> bytes, bool isLast, BatchLimits limits)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (Clicks.Count <= limits.MaxClicks)
        {
            var before = reader;
            if (!reader.Read())
            {
                limits.CheckClick(LengthOfBegun(bytes, reader));
                break;
            }

            if (!_isOpen)
            {
                if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
                _isOpen = true;
            }
            else if (reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    limits.CheckClick(bytes.Length - start);
                    reader = before;
                    break;
                }

                var click = bytes[start..(int)reader.BytesConsumed];
                limits.CheckClick(click.Length);
                Clicks.Add(ClickJson.Read(click));
            }
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>What is there of a click of which not even the first token is there.</summary>
    private static int LengthOfBegun(ReadOnlySpan<byte> bytes, Utf8JsonReader reader) => bytes[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,"u8).Length;
}
