using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Adclicks.Ingestion.Privacy.Keys;
using Adclicks.Ingestion.Reference;

namespace Adclicks.Ingestion.Privacy;

/// <summary>
/// What a click keeps of a person: HMAC-SHA256 under the visitor key, the first 16 bytes, over <c>u:</c> + user id, or
/// <c>a:</c> + address + newline + user agent, or for the address alone <c>i:</c> + address. Addresses in their
/// canonical text; IPv4 in IPv6 as IPv4.
/// </summary>
public sealed class VisitorHasher(IKeyStore keys) : IAddressHasher
{
    private const int HashBytes = 16;
    private const int StackBytes = 1024;

    // Not to be shared by threads, and dearer to make than to use.
    [ThreadStatic] private static (byte[] Key, IncrementalHash Hmac) _hmac;

    /// <summary>The hash a click keeps of its visitor, 16 bytes.</summary>
    /// <param name="userId">Empty for none.</param>
    /// <param name="address">Canonical; empty for none.</param>
    /// <param name="userAgent">As sent.</param>
    public byte[] OfVisitor(string userId, string address, string userAgent) =>
        userId.Length > 0 ? Hash("u:", userId, "") : Hash("a:", address + "\n", userAgent);

    /// <summary>Empty where there is no address.</summary>
    internal byte[] OfAddress(string address) => address.Length == 0 ? [] : Hash("i:", address, "");

    /// <inheritdoc/>
    public string HashOf(IPAddress address) => Convert.ToHexStringLower(OfAddress(Canonical(address).ToString()));

    internal static IPAddress Canonical(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The network part: 3 bytes of IPv4 (/24), 6 of IPv6 (/48).</summary>
    internal static byte[] PrefixOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[..3] : address.GetAddressBytes()[..6];

    /// <summary>The network of an address as text, its host part zero: <c>192.0.2.0/24</c>, <c>2001:db8:1::/48</c>; empty for none.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "";
        var prefix = PrefixOf(Canonical(address));
        var bytes = new byte[prefix.Length == 3 ? 4 : 16];
        prefix.CopyTo(bytes, 0);
        return $"{new IPAddress(bytes)}/{prefix.Length * 8}";
    }

    private byte[] Hash(string kind, string first, string second)
    {
        var size = Encoding.UTF8.GetMaxByteCount(kind.Length + first.Length + second.Length);
        var rented = size > StackBytes ? ArrayPool<byte>.Shared.Rent(size) : null;
        var text = rented ?? stackalloc byte[StackBytes];
        var length = Encoding.UTF8.GetBytes(kind, text);
        length += Encoding.UTF8.GetBytes(first, text[length..]);
        length += Encoding.UTF8.GetBytes(second, text[length..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hmac = HmacOf(keys.VisitorKey);
        hmac.AppendData(text[..length]);
        hmac.GetHashAndReset(hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return hash[..HashBytes].ToArray();
    }

    private static IncrementalHash HmacOf(byte[] key)
    {
        if (ReferenceEquals(_hmac.Key, key)) return _hmac.Hmac;
        _hmac.Hmac?.Dispose();
        _hmac = (key, IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
        return _hmac.Hmac;
    }
}
