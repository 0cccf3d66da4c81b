using System.Net;
using Adclicks.Ingestion.Privacy;

namespace Adclicks.Ingestion.Tests.Privacy;

public sealed class VisitorHasherTests
{
    [Theory]
    [InlineData("83.149.9.216", "83.149.9.0/24")]
    [InlineData("::ffff:83.149.9.216", "83.149.9.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    public void A_network_has_no_host_part(string address, string network) => Assert.Equal(network, VisitorHasher.NetworkOf(IPAddress.Parse(address)));

    [Fact]
    public void Of_no_address_there_is_no_network() => Assert.Equal("", VisitorHasher.NetworkOf(null));
}
