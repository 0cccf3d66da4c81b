using System.Buffers.Binary;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>
/// Blocked ranges: by a click's address hash where they are narrow, else by its truncated address. Of several that match
/// the narrowest marks.
/// </summary>
internal sealed class AddressRules
{
    private readonly Dictionary<UInt128, string> _byHash = [];
    private readonly Dictionary<(int Length, ulong Prefix), string> _four = [];
    private readonly Dictionary<(int Length, ulong Prefix), string> _six = [];
    private readonly int[] _fourLengths;
    private readonly int[] _sixLengths;

    public AddressRules(IEnumerable<BlockedIpRange> rules)
    {
        foreach (var rule in rules) Add(rule, RuleSet.MarkOf(rule.Id));
        _fourLengths = Lengths(_four);
        _sixLengths = Lengths(_six);
    }

    /// <summary>The mark, or null.</summary>
    /// <param name="prefix">3 bytes (/24) or 6 bytes (/48).</param>
    /// <param name="hash">16 bytes.</param>
    public string? Find(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> hash)
    {
        if (_byHash.Count != 0 && hash.Length == 16 && _byHash.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(hash), out var mark)) return mark;
        return prefix.Length switch
        {
            3 => Find(_four, _fourLengths, prefix),
            6 => Find(_six, _sixLengths, prefix),
            _ => null,
        };
    }

    private static string? Find(Dictionary<(int Length, ulong Prefix), string> rules, int[] lengths, ReadOnlySpan<byte> prefix)
    {
        if (lengths.Length == 0) return null;
        var address = Number(prefix);
        foreach (var length in lengths)
        {
            if (rules.TryGetValue((length, address >> ((prefix.Length * 8) - length)), out var mark)) return mark;
        }

        return null;
    }

    private void Add(BlockedIpRange rule, string mark)
    {
        if (!AddressRange.TryParse(rule.Range, out var range, out _)) return;
        if (AddressRange.IsToldByPrefix(range))
        {
            var bytes = range.BaseAddress.GetAddressBytes();
            var (rules, clear) = bytes.Length == 4 ? (_four, 3) : (_six, 6);
            rules.TryAdd((range.PrefixLength, Number(bytes.AsSpan(0, clear)) >> ((clear * 8) - range.PrefixLength)), mark);
            return;
        }

        foreach (var hash in rule.AddressHashes)
        {
            if (UInt128.TryParse(hash, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var number)) _byHash.TryAdd(number, mark);
        }
    }

    private static int[] Lengths(Dictionary<(int Length, ulong Prefix), string> rules) =>
        [.. rules.Keys.Select(k => k.Length).Distinct().OrderDescending()];

    private static ulong Number(ReadOnlySpan<byte> prefix)
    {
        var number = 0UL;
        foreach (var b in prefix) number = (number << 8) | b;
        return number;
    }
}
