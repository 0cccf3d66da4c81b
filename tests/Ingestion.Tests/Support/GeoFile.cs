using System.Buffers.Binary;
using System.Text;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>
/// A city database (MaxMind DB format 2.0) that says the same of every IPv4 address: the records of its nodes lead to one entry of the
/// data section, or, where it is damaged, beyond the end.
/// </summary>
internal static class GeoFile
{
    private const int SeparatorBytes = 16, Beyond = 1_000_000;

    public static byte[] Write(string country, string city, string type = "Test-City") => Write(country, city, type, [0]);

    /// <summary>One that is damaged for the addresses of a network of 24 bits.</summary>
    public static byte[] WriteDamaged(string country, string city, byte[] network) =>
        Write(country, city, "Test-City", [.. Enumerable.Range(0, 24).Select(bit => (network[bit / 8] >> (7 - (bit % 8))) & 1)], isDamaged: true);

    /// <summary>A node for each bit: what goes the same way leads to the next node, and to the damage behind the last.</summary>
    private static byte[] Write(string country, string city, string type, int[] bits, bool isDamaged = false)
    {
        var file = new MemoryStream();
        var entry = bits.Length + SeparatorBytes;
        for (var node = 0; node < bits.Length; node++)
        {
            var same = node + 1 < bits.Length ? node + 1 : isDamaged ? Beyond : entry;
            file.Write([.. Record(bits[node] == 0 ? same : entry), .. Record(bits[node] == 1 ? same : entry)]);
        }

        file.Write(new byte[SeparatorBytes]);
        file.Write(Map(("country", Map(("iso_code", Text(country)))), ("city", Map(("names", Map(("en", Text(city))))))));
        file.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        file.Write(Map(
            ("node_count", Number(6, bits.Length)), ("record_size", Number(5, 24)), ("ip_version", Number(5, 4)), ("database_type", Text(type)),
            ("languages", [0x01, 0x04, .. Text("en")]), ("binary_format_major_version", Number(5, 2)), ("binary_format_minor_version", Number(5, 0)),
            ("build_epoch", [0x04, 0x02, 0x65, 0, 0, 0]), ("description", Map(("en", Text("test"))))));
        return file.ToArray();
    }

    private static byte[] Record(int value) => [(byte)(value >> 16), (byte)(value >> 8), (byte)value];

    /// <summary>A control byte holds type and length; type 2 is text, 5 and 6 are unsigned numbers, 7 is a map.</summary>
    private static byte[] Text(string text) => [(byte)((2 << 5) | text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int type, int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return type == 5 ? [(5 << 5) | 2, .. bytes[2..]] : [(byte)((type << 5) | 4), .. bytes];
    }

    private static byte[] Map(params (string Key, byte[] Value)[] entries) =>
        [(byte)((7 << 5) | entries.Length), .. entries.SelectMany(e => Text(e.Key).Concat(e.Value))];
}
