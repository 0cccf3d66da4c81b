using System.Text;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Bodies;

/// <summary>Bodies that are small on the wire and large unpacked. By itself: it measures what the process allocates.</summary>
[CollectionDefinition(nameof(BombTests), DisableParallelization = true)]
[Collection(nameof(BombTests))]
public sealed class BombTests
{
    [Theory]
    [InlineData("application/x-ndjson", "")]
    [InlineData("application/x-ndjson", "\n")]
    [InlineData("application/x-ndjson", "{}\n")]
    [InlineData("application/json", "[")]
    [InlineData("application/json", " ")]
    [InlineData("application/json", "[\"")]
    [InlineData("application/x-protobuf", "\n\0")]
    [InlineData("application/x-protobuf", "\u007a\u00ff\u00ff\u00ff\u00ff\u0007")]
    public async Task What_is_allocated_stays_near_the_limit_of_a_request(string mediaType, string unit)
    {
        const int Unpacked = 20_000_000, MaxBytes = 200_000, Sent = 3;
        await using var server = await TrackingServer.StartAsync(("Ingestion:MaxBatchBytes", $"{MaxBytes}"));
        var bomb = Packed.Gzip(Repeated(Encoding.Latin1.GetBytes(unit.Length > 0 ? unit : "\0"), Unpacked));
        Assert.InRange(bomb.Length, 1, MaxBytes);
        var before = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < Sent; i++)
        {
            using var response = await server.PostBatchAsync(bomb, mediaType, "gzip");
            Assert.True((int)response.StatusCode is 400 or 413);
        }

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, Sent * 10L * MaxBytes);
        Assert.DoesNotContain(await server.ClicksAsync(), c => c.AdId != "warm-up");
    }

    private static byte[] Repeated(byte[] unit, int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = unit[i % unit.Length];
        return bytes;
    }
}
