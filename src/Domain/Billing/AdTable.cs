using System.Buffers.Binary;
using System.Text;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Billing;

/// <summary>The ads of a partition with what they were counted under, numbered as they are met. For one thread.</summary>
internal sealed class AdTable
{
    private const int StackBytes = 1024;
    private readonly Dictionary<byte[], int> _numbers = new(Utf8Comparer.Instance);
    private readonly List<Placed> _ads = [];

    public Placed this[int number] => _ads[number];

    /// <summary>The number of a click's ad.</summary>
    public int NumberOf(in JudgedClick click)
    {
        var size = (2 * sizeof(int)) + click.AdvertiserId.Length + click.CampaignId.Length + click.Click.AdId.Length;
        Span<byte> key = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        WriteKey(key, click);
        var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (numbers.TryGetValue(key[..size], out var number)) return number;
        _ads.Add(new Placed(Encoding.UTF8.GetString(click.AdvertiserId), Encoding.UTF8.GetString(click.CampaignId), Encoding.UTF8.GetString(click.Click.AdId)));
        return numbers[key[..size]] = _ads.Count - 1;
    }

    private static void WriteKey(Span<byte> key, in JudgedClick click)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, click.AdvertiserId.Length);
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], click.CampaignId.Length);
        click.AdvertiserId.CopyTo(key[8..]);
        click.CampaignId.CopyTo(key[(8 + click.AdvertiserId.Length)..]);
        click.Click.AdId.CopyTo(key[(8 + click.AdvertiserId.Length + click.CampaignId.Length)..]);
    }

    public sealed record Placed(string Advertiser, string Campaign, string Ad);
}
