using Adclicks.Commands;

namespace Adclicks.Tests.Commands;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("https://[::1]:8443")]
    [InlineData("http://localhost:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://*:80/")]
    public void Addresses_of_the_machine_are_taken(string url) => Assert.True(ListenAddress.IsValid(url));

    [Theory]
    [InlineData("http://bogus:xx")]
    [InlineData("http://127.0.0.1:xx")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://example.org:8080")]
    [InlineData("ftp://127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("8080")]
    [InlineData("http://127.0.0.1:8080/base")]
    public void What_the_server_would_take_for_all_addresses_is_refused(string url) => Assert.False(ListenAddress.IsValid(url));
}
