using System.Net;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Validation;

public sealed class AddressFieldTests
{
    [Fact]
    public async Task An_address_is_what_every_reader_takes_for_the_same()
    {
        await using var server = await TrackingServer.StartAsync();
        foreach (var address in new[] { "192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::", "::ffff:192.0.2.1" })
        {
            using var response = await SendAsync(server, address);
            Assert.Equal((address, HttpStatusCode.OK), (address, response.StatusCode));
        }

        foreach (var address in new[]
        {
            "010.1.1.1", "1", "127.1", "0x7f.1", "1.2.3", "4294967295", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1.2.3.", "1.2.3.+4", "1.2.3.4 ", "1.2.3.4:80", "[1.2.3.4]", "١.2.3.4",
            "[2001:db8::1]:443", "[2001:db8::1]", "fe80::1%eth0", "fe80::1%1", "::ffff:010.1.1.1", "::ffff:1.2.3", "::ffff:0x7f.0.0.1", "2001:db8::1/64", "2001:db8:::1", ":", "1:2:3:4:5:6:7:8:9", "12345::", " ::1",
        })
        {
            using var response = await SendAsync(server, address);
            Assert.Equal((address, HttpStatusCode.BadRequest), (address, response.StatusCode));
            var error = Assert.Single((await TrackingServer.JsonAsync(response)).GetProperty("errors").EnumerateObject());
            Assert.Equal(("ip_address", $"must be an IPv4 or IPv6 address; is a text of {address.Length} characters"), (error.Name, error.Value[0].GetString()));
        }
    }

    private static Task<HttpResponseMessage> SendAsync(TrackingServer server, string address) =>
        server.PostAsync($$"""{"timestamp_ms":1431857103000,"ad_id":"a","campaign_id":"c","ip_address":"{{address}}"}""");
}
