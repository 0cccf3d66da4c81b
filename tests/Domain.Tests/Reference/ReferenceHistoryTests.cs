using System.Text;
using Adclicks.Domain.Reference;
using CsCheck;

namespace Adclicks.Domain.Tests.Reference;

public sealed class ReferenceHistoryTests
{
    private static readonly string[] Ids = ["a", "b", "c", "ä/ö", "long-" + new string('x', 600)];

    private static readonly Gen<string> GenId = Gen.Int[0, Ids.Length - 1].Select(i => Ids[i]);

    private static readonly Gen<ReferenceItem> GenItem = Gen.OneOf(
        Gen.Select(GenId, Gen.String[0, 5], (id, name) => (ReferenceItem)new Advertiser(id, name, [])),
        Gen.Select(GenId, GenId, (id, parent) => (ReferenceItem)new Campaign(id, parent, "")),
        Gen.Select(GenId, GenId, (id, parent) => (ReferenceItem)new Ad(id, parent, "", "")),
        Gen.Select(GenId, Gen.String[0, 5], (id, name) => (ReferenceItem)new Publisher(id, name)),
        Gen.Select(GenId, Gen.Int[1, 9], (id, n) => (ReferenceItem)new VelocityLimit(id, n, 60, VelocityScope.Ip)));

    private static readonly Gen<ReferenceChange?[]> GenLog = Gen.OneOf(
        Gen.Const((ReferenceChange?)null),
        GenItem.Select(ReferenceChange? (item) => ReferenceChange.Define(item)),
        GenItem.Select(ReferenceChange? (item) => ReferenceChange.Remove(item.ItemKind, item.Id))).Array[0, 60];

    [Fact]
    public void As_of_any_revision_it_equals_a_replay_up_to_there() => GenLog.Sample(log =>
    {
        var history = Replay(log);
        for (var revision = -1; revision < log.Length; revision++)
        {
            var expected = BruteForce(log, revision);
            var view = history.AsOf(revision);
            foreach (var kind in Enum.GetValues<ReferenceKind>())
            {
                var ids = expected.Where(e => e.Key.Kind == kind).Select(e => e.Value).ToHashSet();
                if (!ids.SetEquals(view.All(kind).Select(v => v.Item!))) return false;
                foreach (var id in Ids)
                {
                    var item = expected.GetValueOrDefault((kind, id));
                    if (view.Find(kind, id) != item || view.Find(kind, Encoding.UTF8.GetBytes(id)) != item) return false;
                }
            }
        }

        return true;
    });

    [Fact]
    public void An_ad_is_placed_by_its_campaign_as_of_the_same_revision() => GenLog.Sample(log =>
    {
        var history = Replay(log);
        for (var revision = -1; revision < log.Length; revision++)
        {
            var expected = BruteForce(log, revision);
            foreach (var id in Ids)
            {
                var ad = expected.GetValueOrDefault((ReferenceKind.Ad, id)) as Ad;
                var campaign = ad is null ? null : expected.GetValueOrDefault((ReferenceKind.Campaign, ad.CampaignId)) as Campaign;
                var advertiser = campaign is null ? null : expected.GetValueOrDefault((ReferenceKind.Advertiser, campaign.AdvertiserId));
                var placed = history.AsOf(revision).Place(Encoding.UTF8.GetBytes(id));
                if (placed.Ad != ad || placed.Campaign != campaign || placed.Advertiser != advertiser) return false;
                if (Encoding.UTF8.GetString(placed.CampaignIdUtf8) != (ad?.CampaignId ?? "")) return false;
                if (Encoding.UTF8.GetString(placed.AdvertiserIdUtf8) != (campaign?.AdvertiserId ?? "")) return false;
            }
        }

        return true;
    });

    [Fact]
    public void Views_with_the_same_rules_revision_have_the_same_rules() => GenLog.Sample(log =>
    {
        var history = Replay(log);
        var views = Enumerable.Range(-1, log.Length + 1).Select(r => history.AsOf(r));
        return views.GroupBy(v => v.RulesRevision).All(g => g.All(v => v.Rules.SequenceEqual(g.First().Rules)));
    });

    [Fact]
    public void A_revision_that_is_not_applied_cannot_be_asked_for()
    {
        var history = Replay([ReferenceChange.Define(new Publisher("p", ""))]);
        Assert.Equal(0, history.AppliedRevision);
        Assert.Throws<InvalidOperationException>(() => history.AsOf(1));
        Assert.Throws<InvalidOperationException>(() => history.Apply(2, null));
        Assert.Throws<InvalidOperationException>(() => history.Apply(0, null));
    }

    [Fact]
    public void Placing_a_click_does_not_allocate()
    {
        var history = Replay(
        [
            ReferenceChange.Define(new Advertiser("v", "", [])),
            ReferenceChange.Define(new Campaign("c", "v", "")),
            ReferenceChange.Define(new Ad("a", "c", "", "")),
            ReferenceChange.Define(new Ad("a", "c", "renamed", "")),
        ]);
        var before = 0L;
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (i == 10_000) before = GC.GetAllocatedBytesForCurrentThread();
            if (history.AsOf(2 + (i & 1)).Place("a"u8).Advertiser is not null) found++;
            if (history.AsOf(3).Find(ReferenceKind.Publisher, "nobody"u8) is not null) found++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20_000, found);
    }

    [Fact]
    public async Task Readers_beside_the_writer_see_exactly_what_was_applied()
    {
        const int Revisions = 50_000;
        var history = new ReferenceHistory();
        var readers = Enumerable.Range(0, 2).Select(seed => Task.Run(() => ReadUntil(history, Revisions - 1, seed))).ToArray();
        for (var i = 0; i < Revisions; i++) history.Apply(i, ReferenceChange.Define(new Publisher((i % 7).ToString("D"), i.ToString("D"))));
        await Task.WhenAll(readers);
    }

    private static void ReadUntil(ReferenceHistory history, long last, int seed)
    {
        var random = new Random(seed);
        long applied;
        do
        {
            applied = history.AppliedRevision;
            var revision = random.NextInt64(-1, applied + 1);
            for (var id = 0; id < 7; id++)
            {
                var expected = revision < id ? null : (revision - ((revision - id) % 7)).ToString("D");
                Assert.Equal(expected, (history.AsOf(revision).Find(ReferenceKind.Publisher, id.ToString("D")) as Publisher)?.Name);
            }
        }
        while (applied < last);
    }

    private static ReferenceHistory Replay(ReferenceChange?[] log)
    {
        var history = new ReferenceHistory();
        for (var i = 0; i < log.Length; i++) history.Apply(i, log[i]);
        return history;
    }

    private static Dictionary<(ReferenceKind Kind, string Id), ReferenceItem> BruteForce(ReferenceChange?[] log, int revision)
    {
        var state = new Dictionary<(ReferenceKind, string), ReferenceItem>();
        foreach (var change in log.Take(revision + 1))
        {
            if (change is null) continue;
            if (change.Item is null) state.Remove((change.Kind, change.Id));
            else state[(change.Kind, change.Id)] = change.Item;
        }

        return state;
    }
}
