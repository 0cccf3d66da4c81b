using System.Buffers.Binary;
using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Aggregation;

namespace Adclicks.Projections.Reconciliation;

/// <summary>What the answers to some questions should be, added up from a replay: without rollup code, click by click.</summary>
public sealed class RollupTotals
{
    private readonly IReadOnlyList<RollupQuestion> _questions;
    private readonly Sink[] _sinks;

    /// <summary>Totals of a range of hours.</summary>
    public RollupTotals(int partitions, IReadOnlyList<RollupQuestion> questions, int from, int to)
    {
        _questions = questions;
        _sinks = [.. Enumerable.Range(0, partitions).Select(_ => new Sink(questions, from, to))];
    }

    /// <summary>The sums over all partitions.</summary>
    public Dictionary<RollupKey, RollupCounts> Count()
    {
        var all = new Dictionary<RollupKey, RollupCounts>();
        for (var q = 0; q < _questions.Count; q++)
        {
            foreach (var (key, counts) in _sinks.SelectMany(s => s.Of(q)))
            {
                var text = Key(q, key);
                all[text] = all.GetValueOrDefault(text) + counts.Value;
            }
        }

        return all;
    }

    internal IJudgedClicks Of(int partition) => _sinks[partition];

    /// <summary>As the dictionary of the rollups has it: neither invalid UTF-8 nor NUL.</summary>
    private RollupKey Key(int question, byte[] key)
    {
        var values = new StringBuilder();
        var at = sizeof(long);
        for (var d = 0; d < _questions[question].Dimensions.Count; d++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(key.AsSpan(at));
            if (d > 0) values.Append('\n');
            values.Append(Encoding.UTF8.GetString(key, at + sizeof(int), length).Replace('\0', '\uFFFD'));
            at += sizeof(int) + length;
        }

        return new RollupKey(question, BinaryPrimitives.ReadInt64LittleEndian(key), values.ToString());
    }

    private sealed class Cell
    {
        public RollupCounts Value;
    }

    private sealed class Sink(IReadOnlyList<RollupQuestion> questions, int from, int to) : IJudgedClicks
    {
        private readonly Dictionary<byte[], Cell>[] _cells = [.. questions.Select(_ => new Dictionary<byte[], Cell>(Utf8Bytes.Comparer))];
        private readonly (long FromMs, long ToMs)[] _ranges = [.. questions.Select(q => q.Within(from, to))];
        private byte[] _key = new byte[256];

        public Dictionary<byte[], Cell> Of(int question) => _cells[question];

        public void Add(in JudgedClick click)
        {
            var counts = new RollupCounts(1, click.Verdict.IsCounted ? 1 : 0, click.Verdict.Mark is null ? 0 : 1);
            var timeMs = click.Click.ClickedAtMs;
            for (var q = 0; q < _cells.Length; q++)
            {
                if (timeMs < _ranges[q].FromMs || timeMs >= _ranges[q].ToMs) continue;
                var bucketMs = questions[q].Granularity.LengthMs();
                BinaryPrimitives.WriteInt64LittleEndian(_key, timeMs / bucketMs * bucketMs);
                var length = sizeof(long);
                var dimensions = questions[q].Dimensions;
                for (var d = 0; d < dimensions.Count; d++) Append(ValueOf(click, dimensions[d]), ref length);
                var cells = _cells[q].GetAlternateLookup<ReadOnlySpan<byte>>();
                if (!cells.TryGetValue(_key.AsSpan(0, length), out var cell)) cells[_key.AsSpan(0, length)] = cell = new Cell();
                cell.Value += counts;
            }
        }

        private void Append(ReadOnlySpan<byte> value, ref int length)
        {
            var end = length + sizeof(int) + value.Length;
            if (end > _key.Length) Array.Resize(ref _key, end * 2);
            BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(length), value.Length);
            value.CopyTo(_key.AsSpan(length + sizeof(int)));
            length = end;
        }

        private static ReadOnlySpan<byte> ValueOf(in JudgedClick click, Dimension dimension) => dimension switch
        {
            Dimension.Ad => click.Click.AdId,
            Dimension.Campaign => click.CampaignId,
            Dimension.Advertiser => click.AdvertiserId,
            Dimension.Publisher => click.Click.PublisherId,
            Dimension.Country => click.Click.Country,
            Dimension.Region => click.Click.Region,
            Dimension.City => click.Click.City,
            Dimension.DeviceType => click.Click.DeviceType,
            Dimension.Os => click.Click.Os,
            Dimension.Browser => click.Click.Browser,
            _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, null),
        };
    }
}
