using Adclicks.Ingestion.Validation;

namespace Adclicks.Ingestion.Bodies;

/// <summary>A form a batch may have; one for each request, as it remembers how far it has read.</summary>
internal abstract class BatchFormat
{
    public const string Json = "application/json", Ndjson = "application/x-ndjson", Protobuf = "application/x-protobuf";

    /// <summary>What an unreadable body is told it should have been.</summary>
    public abstract string Expected { get; }

    /// <summary>The clicks read so far.</summary>
    public List<RawClick> Clicks { get; } = [];

    /// <summary>By content type; null for one that is not taken.</summary>
    public static BatchFormat? Of(string mediaType) => mediaType switch
    {
        Json => new JsonArrayFormat(),
        Ndjson or "application/ndjson" or "application/jsonl" => new NdjsonFormat(),
        Protobuf or "application/protobuf" => new ProtobufFormat(),
        _ => null,
    };

    /// <summary>Takes the clicks that are there as a whole, one more than there may be at the most.</summary>
    /// <param name="bytes">What has arrived and was not used yet.</param>
    /// <param name="isLast">Nothing more comes.</param>
    /// <param name="limits">Of the request.</param>
    /// <returns>The number of bytes used.</returns>
    /// <exception cref="System.Text.Json.JsonException">The clicks cannot be told apart.</exception>
    /// <exception cref="FormatException">Likewise.</exception>
    /// <exception cref="BodyFaultException">A click is larger than it may be, whether it is there as a whole or not.</exception>
    public abstract int Read(ReadOnlySpan<byte> bytes, bool isLast, BatchLimits limits);
}
