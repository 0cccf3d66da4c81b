using System.Buffers.Binary;
using System.Text;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>
/// A city database (MaxMind DB format 2.0) that says the same of every IPv4 address: one node, whose two records lead to one
/// entry of the data section.
/// </summary>
internal static class GeoFile
{
    private const int NodeCount = 1, SeparatorBytes = 16;

    public static byte[] Write(string country, string city)
    {
        var file = new MemoryStream();
        byte[] record = [0, 0, NodeCount + SeparatorBytes];
        file.Write([.. record, .. record, .. new byte[SeparatorBytes]]);
        file.Write(Map(("country", Map(("iso_code", Text(country)))), ("city", Map(("names", Map(("en", Text(city))))))));
        file.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        file.Write(Map(
            ("node_count", Number(6, NodeCount)), ("record_size", Number(5, 24)), ("ip_version", Number(5, 4)), ("database_type", Text("Test-City")),
            ("languages", [0x01, 0x04, .. Text("en")]), ("binary_format_major_version", Number(5, 2)), ("binary_format_minor_version", Number(5, 0)),
            ("build_epoch", [0x04, 0x02, 0x65, 0, 0, 0]), ("description", Map(("en", Text("test"))))));
        return file.ToArray();
    }

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
