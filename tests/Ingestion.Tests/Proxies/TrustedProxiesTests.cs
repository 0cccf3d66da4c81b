using System.Net;
using Adclicks.Ingestion.Proxies;
using CsCheck;
using Microsoft.Extensions.Primitives;

namespace Adclicks.Ingestion.Tests.Proxies;

public sealed class TrustedProxiesTests
{
    private const string Networks = "10.0.0.0/8, fd00::/8, 192.0.2.1";
    private static readonly TrustedProxies _xForwardedFor = TrustedProxies.Read(Networks, null)!;
    private static readonly TrustedProxies _forwarded = TrustedProxies.Read(Networks, "forwarded")!;

    private static readonly Gen<IPAddress> Address = Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]).Select(b => new IPAddress(b))
        .Where(a => !a.IsIPv4MappedToIPv6 && a.GetAddressBytes()[0] is not (10 or 0xfd or 192));

    private static readonly Gen<string> Proxy = Gen.Select(Gen.Bool, Gen.Byte, (v6, n) => v6 ? $"fd00::{n:x}" : $"10.0.0.{n}");

    [Theory]
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")] // Nobody we know: its word is not taken.
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("192.0.2.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("192.0.2.2", "198.51.100.1", "192.0.2.2")]
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1")] // The leftmost is the client's claim.
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1 , 10.9.9.9,fd00::7", "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1\n198.51.100.1\n10.9.9.9", "198.51.100.1")] // Lines of their own.
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")] // All of them ours: the first of them.
    [InlineData("10.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("10.0.0.1", "2001:db8::1", "2001:db8::1")]
    [InlineData("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1,", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100", "10.0.0.1")]
    [InlineData("10.0.0.1", "0x7f.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "010.1.1.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1:99999", "10.0.0.1")]
    [InlineData("10.0.0.1", "[2001:db8::1", "10.0.0.1")]
    [InlineData("10.0.0.1", "[198.51.100.1]", "10.0.0.1")]
    [InlineData("10.0.0.1", "fe80::1%eth0", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.1")]
    [InlineData("10.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1")]
    public void X_Forwarded_For(string connection, string? header, string client) => AssertClient(_xForwardedFor, connection, header, client);

    [Theory]
    [InlineData("203.0.113.9", "for=198.51.100.1", "203.0.113.9")]
    [InlineData("10.0.0.1", "for=198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "proto=https; For=\"198.51.100.1:80\" ;by=10.0.0.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "for=\"[2001:db8::1]:80\"", "2001:db8::1")]
    [InlineData("10.0.0.1", "for=1.1.1.1, for=198.51.100.1, for=10.0.0.2;host=\"a,b\"", "198.51.100.1")]
    [InlineData("10.0.0.1", "for=\"1.1.1.1, for=198.51.100.1", "198.51.100.1")] // A quote left open by the client hides nothing.
    [InlineData("10.0.0.1", "for=unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "for=_hidden", "10.0.0.1")]
    [InlineData("10.0.0.1", "by=198.51.100.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "for=198.51.100.1;for=198.51.100.2", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1", "10.0.0.1")]
    public void Forwarded(string connection, string? header, string client) => AssertClient(_forwarded, connection, header, client);

    [Fact]
    public void Whatever_a_client_claims_its_own_address_is_found() => Gen.Select(Gen.String, Address, Proxy.Array[0, 5], Gen.Bool)
        .Sample((claim, client, proxies, oneLine) =>
        {
            string[] chain = [claim, client.ToString(), .. proxies];
            var header = oneLine ? new StringValues(string.Join(", ", chain)) : new StringValues(chain);
            return client.Equals(_xForwardedFor.ClientOf(IPAddress.Parse("10.0.0.1"), header));
        });

    [Fact]
    public void Whatever_a_proxy_sends_an_address_comes_out() => Gen.Select(Gen.String.Array[0, 4], Gen.Bool)
        .Sample((lines, isForwarded) => (isForwarded ? _forwarded : _xForwardedFor).ClientOf(IPAddress.Parse("10.0.0.1"), lines) is not null);

    [Fact]
    public void More_hops_than_are_read_are_no_answer()
    {
        var header = "198.51.100.1" + string.Concat(Enumerable.Repeat(", 10.0.0.2", TrustedProxies.MaxHops));
        AssertClient(_xForwardedFor, "10.0.0.1", header, "10.0.0.1");
        AssertClient(_xForwardedFor, "10.0.0.1", header[..^", 10.0.0.2".Length], "198.51.100.1");
    }

    [Theory]
    [InlineData("10.0.0.0/99", "")]
    [InlineData("10.0.0.0/8 fd00::/8", "")]
    [InlineData("10", "")]
    [InlineData("10/8", "")]
    [InlineData("10.0/16", "")]
    [InlineData("010.0.0.0/8", "")]
    [InlineData("192.0.2.1, 0x7f.0.0.1", "")]
    [InlineData("[fd00::1]", "")]
    [InlineData("fe80::1%1", "")]
    [InlineData("fd00::/129", "")]
    [InlineData("10.0.0.0/", "")]
    [InlineData("10.0.0.0/8", "X-Real-IP")]
    public void Settings_that_cannot_be_read_are_refused(string networks, string header) =>
        Assert.Throws<FormatException>(() => TrustedProxies.Read(networks, header));

    [Fact]
    public void A_network_that_cannot_be_read_is_named() =>
        Assert.StartsWith("Proxies:Trusted names '10'", Assert.Throws<FormatException>(() => TrustedProxies.Read("192.0.2.1, 10", null)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("::ffff:127.0.0.0/104", "127.9.9.9")]
    [InlineData("::ffff:0:0/96", "127.0.0.1")]
    public void IPv4_that_is_written_as_IPv6_is_the_same_proxy(string networks, string connection) =>
        AssertClient(TrustedProxies.Read(networks, null)!, connection, "198.51.100.1", "198.51.100.1");

    [Fact]
    public void Without_networks_nobody_is_trusted() => Assert.Null(TrustedProxies.Read(" ", null));

    private static void AssertClient(TrustedProxies proxies, string connection, string? header, string client) => Assert.Equal(
        IPAddress.Parse(client), proxies.ClientOf(IPAddress.Parse(connection), new StringValues(header?.Split('\n'))));
}
