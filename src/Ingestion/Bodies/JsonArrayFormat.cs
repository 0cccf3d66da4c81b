using System.Text.Json;

namespace Adclicks.Ingestion.Bodies;

/// <summary>A JSON array of objects.</summary>
internal sealed class JsonArrayFormat : BatchFormat
{
    private JsonReaderState _state = new(ClickJson.Options);
    private bool _isOpen;

    public override string Expected => "a JSON array of objects";

    public override int Read(ReadOnlySpan<byte> bytes, bool isLast, int maxClicks)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (Clicks.Count <= maxClicks)
        {
            var before = reader;
            if (!reader.Read()) break;
            if (!_isOpen)
            {
                if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
                _isOpen = true;
            }
            else if (reader.TokenType != JsonTokenType.EndArray)
            {
                var end = reader;
                if (!end.TrySkip())
                {
                    reader = before;
                    break;
                }

                Clicks.Add(ClickJson.ReadElement(reader));
                reader = end;
            }
        }

        _state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }
}
