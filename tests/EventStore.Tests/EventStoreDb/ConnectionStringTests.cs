using Adclicks.EventStore.EventStoreDb.Connection;

namespace Adclicks.EventStore.Tests.EventStoreDb;

public sealed class ConnectionStringTests
{
    [Fact]
    public void All_options_are_understood()
    {
        var settings = ConnectionString.Parse(
            "esdb://admin:change%20it%40@a:1113,b,[::1]:9?tls=false&tlsVerifyCert=false&TLSCAFILE=/ca.pem&nodePreference=readOnlyReplica"
            + "&keepAliveInterval=-1&keepAliveTimeout=1500&maxDiscoverAttempts=-1&discoveryInterval=7&gossipTimeout=8"
            + "&defaultDeadline=9&connectionName=me&userCertFile=/c.pem&userKeyFile=/k.pem");

        Assert.Equal([new Endpoint("a", 1113), new Endpoint("b", 2113), new Endpoint("::1", 9)], settings.Hosts);
        Assert.Equal(("admin", "change it@"), (settings.User, settings.Password));
        Assert.Equal((false, false, "/ca.pem"), (settings.Tls, settings.TlsVerifyCert, settings.TlsCaFile));
        Assert.Equal(("/c.pem", "/k.pem", "me"), (settings.UserCertFile, settings.UserKeyFile, settings.ConnectionName));
        Assert.Equal(NodePreference.ReadOnlyReplica, settings.NodePreference);
        Assert.Null(settings.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromSeconds(1.5), settings.KeepAliveTimeout);
        Assert.Equal(int.MaxValue, settings.MaxDiscoverAttempts);
        Assert.Equal((7, 8, 9), (settings.DiscoveryInterval.Milliseconds, settings.GossipTimeout.Milliseconds, settings.DefaultDeadline.Milliseconds));
        Assert.True(settings.UsesGossip);
    }

    [Fact]
    public void A_single_host_is_used_as_it_is_and_encrypted()
    {
        var settings = ConnectionString.Parse("esdb://localhost/");
        Assert.True(settings.Tls && settings.TlsVerifyCert && !settings.UsesGossip);
        Assert.Equal("localhost:2113", settings.Hosts[0].ToString());
        Assert.True(ConnectionString.Parse("esdb+discover://cluster.example").UsesGossip);
    }

    [Theory]
    [InlineData("http://a", "esdb://")]
    [InlineData("esdb://", "no host")]
    [InlineData("esdb://a:0", "'a:0'")]
    [InlineData("esdb://a:99999", "'a:99999'")]
    [InlineData("esdb://a,,b", "''")]
    [InlineData("esdb://user@a", "user:password")]
    [InlineData("esdb://a?tsl=false", "'tsl'")]
    [InlineData("esdb://a?throwOnAppendFailure=false", "'throwOnAppendFailure'")]
    [InlineData("esdb://a?tls=false&TLS=true", "'TLS'")]
    [InlineData("esdb://a?tls", "'tls'")]
    [InlineData("esdb://a?tls=0", "'tls'")]
    [InlineData("esdb://a?nodePreference=best", "'nodePreference'")]
    [InlineData("esdb://a?gossipTimeout=-1", "'gossipTimeout'")]
    [InlineData("esdb://a?keepAliveInterval=5s", "'keepAliveInterval'")]
    [InlineData("esdb://a?maxDiscoverAttempts=0", "'maxDiscoverAttempts'")]
    [InlineData("esdb://a?defaultDeadline=", "'defaultDeadline'")]
    [InlineData("esdb://a?userCertFile=/c", "'userKeyFile'")]
    public void What_is_wrong_is_named(string text, string named)
    {
        var error = Assert.Throws<FormatException>(() => ConnectionString.Parse(text));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_is_never_in_a_message()
    {
        var error = Assert.Throws<FormatException>(() => ConnectionString.Parse("esdb://u:s3cret@a:x?tls=false"));
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }
}
