using System.Buffers.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;

namespace Adclicks.Bench.Durability;

/// <summary>What was said of numbered clicks, held against what is in the log.</summary>
internal sealed class ClickBook
{
    private const int MaxClicks = 200_000_000;
    private readonly Lock _gate = new();
    private readonly List<(long First, int Count)> _acknowledged = [];
    private readonly List<(long First, int Count)> _refused = [];
    private long _next;

    /// <summary>Numbers for so many clicks; the first of them.</summary>
    public long Take(int clicks) => Interlocked.Add(ref _next, clicks) - clicks;

    public void Acknowledged(long first, int count)
    {
        lock (_gate) _acknowledged.Add((first, count));
    }

    /// <summary>Refused for good: not to be sent again.</summary>
    public void Refused(long first, int count)
    {
        lock (_gate) _refused.Add((first, count));
    }

    /// <summary>Reads the log of a server that has ended. True where none was lost and none is there twice.</summary>
    public async Task<bool> CheckAsync(string data)
    {
        if (_next > MaxClicks) throw new InvalidOperationException("Too many clicks to keep a book of.");
        var times = new byte[_next];
        await using var log = EmbeddedEventLog.OpenReadOnly(Path.Combine(data, "log"));
        for (var partition = 0; partition < Partitioner.DefaultCount; partition++)
        {
            await foreach (var e in log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, StreamPosition.Start)) Count(e, times);
        }

        var lost = _acknowledged.Sum(a => Enumerable.Range(0, a.Count).Count(i => times[a.First + i] == 0));
        var twice = times.Count(t => t > 1);
        var refusedButThere = _refused.Sum(r => Enumerable.Range(0, r.Count).Count(i => times[r.First + i] > 0));
        Console.WriteLine(
            $"  clicks: {_acknowledged.Sum(a => (long)a.Count):N0} acknowledged, {_refused.Sum(r => (long)r.Count):N0} refused, {times.LongCount(t => t > 0):N0} in the log; "
            + $"{lost:N0} acknowledged and lost, {twice:N0} twice, {refusedButThere:N0} refused and there all the same");
        return lost == 0 && twice == 0;
    }

    private static void Count(RecordedEvent e, byte[] times)
    {
        foreach (var click in ClicksRecorded.Read(e.Data.Span))
        {
            var number = click.Source == ClickSource.Pixel ? click.ImpressionId : click.EventId;
            if (Utf8Parser.TryParse(number, out long n, out var read) && read == number.Length && n < times.Length) times[n]++;
        }
    }
}
