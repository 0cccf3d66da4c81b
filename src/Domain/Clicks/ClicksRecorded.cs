namespace Adclicks.Domain.Clicks;

/// <summary>
/// The event of the click streams: 1 to N clicks that one group commit found waiting for one partition.
/// A click's address is stream, revision and its index here.
/// </summary>
public static class ClicksRecorded
{
    /// <summary>The type name in the log. A stable string, never a CLR name.</summary>
    public const string EventType = "clicks-recorded";

    /// <summary>The version of the payload and metadata written now.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Times beyond this do not fit a bucket number; no honest click has one.</summary>
    private const long MaxTimeMs = 100_000_000_000_000;

    private const int HashBytes = 16;

    /// <summary>The number of the field <c>clicks</c>; its tag is one byte.</summary>
    private const int ClicksField = 1;

    /// <summary>Walks the clicks of a payload, in order, without allocating.</summary>
    public static Enumerator Read(ReadOnlySpan<byte> payload) => new(payload);

    /// <summary>An event counts whole or not at all, so all of it is looked at first.</summary>
    /// <exception cref="FormatException">A click cannot be counted, and why.</exception>
    public static void Validate(ReadOnlySpan<byte> payload)
    {
        foreach (var click in Read(payload))
        {
            if (click.AdId.IsEmpty) throw new FormatException("A click names no ad.");
            if (click.ClickedAtMs is < 0 or > MaxTimeMs) throw new FormatException($"A click's time is out of range: {click.ClickedAtMs} ms.");
            if (click.ServerTimestampMs is < 0 or > MaxTimeMs) throw new FormatException($"A receive time is out of range: {click.ServerTimestampMs} ms.");
            // A partner's click need not come with an address.
            if (click.VisitorHash.Length != HashBytes || click.IpHash.Length is not (0 or HashBytes)) throw new FormatException("A keyed hash is not of 16 bytes.");
        }
    }

    /// <summary>The payload that holds these messages and nothing else.</summary>
    public static byte[] Pack(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var payload = new byte[messages.Sum(m => SizeOf(m.Length))];
        var writer = new WireWriter(payload);
        foreach (var message in messages) writer.Bytes((ClickField)ClicksField, message.Span);
        return payload;
    }

    /// <summary>Whether <see cref="Pack"/> makes a payload again from the messages of its clicks, byte for byte.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> payload)
    {
        var size = 0;
        foreach (var click in Read(payload)) size += SizeOf(click.Encoded.Length);
        return size == payload.Length;
    }

    private static int SizeOf(int message) => 1 + WireWriter.VarintSize((uint)message) + message;

    /// <summary>Enumerates the clicks of one payload. Malformed bytes throw <see cref="FormatException"/>.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> payload)
    {
        private WireReader _reader = new(payload);
        private ClickView _current;

        /// <summary>The click last moved to.</summary>
        public readonly ClickView Current => _current;

        /// <summary>For <c>foreach</c>.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Moves to the next click; false at the end.</summary>
        public bool MoveNext()
        {
            while (!_reader.AtEnd)
            {
                var field = _reader.Tag(out var wireType);
                if (field != ClicksField || wireType != 2)
                {
                    _reader.Skip(wireType);
                    continue;
                }

                _current = ClickView.Parse(_reader.Bytes());
                return true;
            }

            return false;
        }
    }
}
