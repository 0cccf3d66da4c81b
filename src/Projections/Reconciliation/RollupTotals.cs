using System.Runtime.InteropServices;
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
            foreach (var sink in _sinks)
            {
                foreach (var (cell, counts) in sink.Of(q))
                {
                    var key = new RollupKey(q, cell.BucketMs, sink.Text(_questions[q], cell));
                    all[key] = all.GetValueOrDefault(key) + counts;
                }
            }
        }

        return all;
    }

    internal IJudgedClicks Of(int partition) => _sinks[partition];

    /// <summary>A bucket, and the numbers of up to three values.</summary>
    private readonly record struct Cell(long BucketMs, int First, int Second, int Third);

    private sealed class Sink : IJudgedClicks
    {
        private readonly IReadOnlyList<RollupQuestion> _questions;
        private readonly Dictionary<Cell, RollupCounts>[] _cells;
        private readonly (long FromMs, long ToMs, long BucketMs, int First, int Second, int Third)[] _shapes;
        private readonly Values[] _values = [.. Dimensions.All.Select(_ => new Values())];
        private readonly bool[] _isAsked = new bool[Dimensions.All.Count];

        public Sink(IReadOnlyList<RollupQuestion> questions, int from, int to)
        {
            _questions = questions;
            _cells = [.. questions.Select(_ => new Dictionary<Cell, RollupCounts>())];
            _shapes = [.. questions.Select(q => Shape(q, q.Within(from, to)))];
            foreach (var dimension in questions.SelectMany(q => q.Dimensions)) _isAsked[(int)dimension] = true;
        }

        public Dictionary<Cell, RollupCounts> Of(int question) => _cells[question];

        public string Text(RollupQuestion question, Cell cell) =>
            string.Join('\n', question.Dimensions.Select((d, i) => _values[(int)d][i == 0 ? cell.First : i == 1 ? cell.Second : cell.Third]));

        public void Add(in JudgedClick click)
        {
            var counts = new RollupCounts(1, click.Verdict.IsCounted ? 1 : 0, click.Verdict.Mark is null ? 0 : 1);
            var timeMs = click.Click.ClickedAtMs;
            // The place behind the dimensions is for questions of less than three.
            Span<int> numbers = stackalloc int[_isAsked.Length + 1];
            for (var d = 0; d < _isAsked.Length; d++) numbers[d] = _isAsked[d] ? _values[d].NumberOf(ValueOf(click, (Dimension)d)) : 0;
            numbers[^1] = 0;
            for (var q = 0; q < _shapes.Length; q++)
            {
                ref readonly var shape = ref _shapes[q];
                if (timeMs < shape.FromMs || timeMs >= shape.ToMs) continue;
                var cell = new Cell(timeMs / shape.BucketMs * shape.BucketMs, numbers[shape.First], numbers[shape.Second], numbers[shape.Third]);
                CollectionsMarshal.GetValueRefOrAddDefault(_cells[q], cell, out _) += counts;
            }
        }

        private static (long FromMs, long ToMs, long BucketMs, int First, int Second, int Third) Shape(RollupQuestion question, (long FromMs, long ToMs) range)
        {
            var none = Dimensions.All.Count;
            var d = question.Dimensions;
            return (range.FromMs, range.ToMs, question.Granularity.LengthMs(), (int)d[0], d.Count > 1 ? (int)d[1] : none, d.Count > 2 ? (int)d[2] : none);
        }

        private static ReadOnlySpan<byte> ValueOf(in JudgedClick click, Dimension dimension) => dimension switch
        {
            Dimension.Campaign => click.CampaignId,
            Dimension.Advertiser => click.AdvertiserId,
            _ => dimension.ValueOf(click.Click),
        };
    }

    /// <summary>Values by number, as the dictionary of the rollups has them: neither invalid UTF-8 nor NUL.</summary>
    private sealed class Values
    {
        private readonly Dictionary<byte[], int> _numbers = new(Utf8Bytes.Comparer);
        private readonly List<string> _texts = [];

        public string this[int number] => _texts[number];

        public int NumberOf(ReadOnlySpan<byte> utf8)
        {
            var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (numbers.TryGetValue(utf8, out var number)) return number;
            _texts.Add(Encoding.UTF8.GetString(utf8).Replace('\0', '\uFFFD'));
            return numbers[utf8] = _texts.Count - 1;
        }
    }
}
