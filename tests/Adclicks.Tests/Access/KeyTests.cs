using System.Text;
using System.Text.Json;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Tests.Support;

namespace Adclicks.Tests.Access;

public sealed class KeyTests : IAsyncDisposable
{
    private readonly MemoryEventLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"Acme","role":"advertiser","advertiser_id":"acme"}""", "Acme acme advertiser")]
    [InlineData("""{"name":"News","role":"publisher","publisher_id":"news"}""", "News news publisher")]
    [InlineData("""{"name":"Partner","role":"ingest"}""", "Partner ingest")]
    public async Task A_key_lets_its_holder_in_as_what_it_was_made_for(string wanted, string claims)
    {
        await using var node = await AccessServer.StartAsync(_log);

        var (id, key) = await node.CreateAsync(JsonElement.Parse(wanted));

        var (status, body) = await node.GetAsync("/whoami", key);
        Assert.Equal(200, status);
        Assert.Equal((claims + " " + id).Split(' ').Order(StringComparer.Ordinal), body.Split(' '));
        Assert.Equal((200, body), await node.GetAsync("/whoami", bearer: key));
    }

    [Fact]
    public async Task Its_text_is_nowhere_but_in_the_answer_that_made_it()
    {
        await using var node = await AccessServer.StartAsync(_log);

        var (_, key) = await node.CreateAsync(new { name = "A", role = "analyst" });

        var secret = key.Split('_')[2];
        var stored = new StringBuilder((await node.GetAsync("/admin/keys", AccessServer.AdminKey)).Body);
        foreach (var stream in new[] { StreamNames.Keys, StreamNames.Audit })
        {
            await foreach (var e in _log.ReadAsync(stream, ReadDirection.Forwards, 0, cancellationToken: Token))
                stored.Append(Encoding.UTF8.GetString(e.Data.Span)).Append(Encoding.UTF8.GetString(e.Metadata.Span));
        }

        Assert.Contains("key-created", (await node.GetAsync("/admin/audit", AccessServer.AdminKey)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, stored.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_good_and_revoked_on_every_node_and_after_a_restart()
    {
        await using var node = await AccessServer.StartAsync(_log);
        await using var other = await AccessServer.StartAsync(_log);
        var (id, key) = await node.CreateAsync(new { name = "A", role = "analyst" });
        Assert.Equal(200, (await node.GetAsync("/whoami", key)).Status);
        await other.UntilAsync(key, 200);

        Assert.Equal(204, (await other.SendAsync(HttpMethod.Delete, "/admin/keys/" + id, AccessServer.AdminKey)).Status);

        Assert.Equal(401, (await other.GetAsync("/whoami", key)).Status);
        await node.UntilAsync(key, 401);
        await using var later = await AccessServer.StartAsync(_log);
        Assert.Equal(401, (await later.GetAsync("/whoami", key)).Status);
        Assert.Equal(204, (await other.SendAsync(HttpMethod.Delete, "/admin/keys/" + id, AccessServer.AdminKey)).Status);
        Assert.Equal(404, (await other.SendAsync(HttpMethod.Delete, "/admin/keys/admin", AccessServer.AdminKey)).Status);
    }

    [Fact]
    public async Task Revoking_a_key_ends_what_is_being_answered_to_it()
    {
        await using var node = await AccessServer.StartAsync(_log);
        var (id, key) = await node.CreateAsync(new { name = "A", role = "analyst" });
        var held = node.GetAsync("/hold", key);
        await node.Held.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);

        await node.SendAsync(HttpMethod.Delete, "/admin/keys/" + id, AccessServer.AdminKey);

        await Assert.ThrowsAnyAsync<Exception>(() => held.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.True(held.IsFaulted);
    }

    [Fact]
    public async Task A_key_expires_by_the_clock()
    {
        var time = new SetClock();
        await using var node = await AccessServer.StartAsync(_log, time);
        var (_, key) = await node.CreateAsync(new { name = "A", role = "analyst", expires_at = time.GetUtcNow().AddDays(1) });
        Assert.Equal(200, (await node.GetAsync("/whoami", key)).Status);

        time.Now = time.Now.AddDays(1);

        Assert.Equal(401, (await node.GetAsync("/whoami", key)).Status);
        Assert.Contains("\"expired\"", (await node.GetAsync("/admin/keys", AccessServer.AdminKey)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_not_a_good_key_is_refused_everywhere_and_recorded_without_it()
    {
        await using var node = await AccessServer.StartAsync(_log);
        var (id, key) = await node.CreateAsync(new { name = "A", role = "analyst" });
        string[] bad = ["nonsense", key[..^1] + (key[^1] == '0' ? '1' : '0'), key + "0", "ack_0000000000000000_" + key.Split('_')[2], new string('a', 5_000)];

        foreach (var wrong in bad)
        {
            Assert.Equal(401, (await node.GetAsync("/whoami", wrong)).Status);
            Assert.Equal(401, (await node.GetAsync("/open", wrong)).Status);
        }

        Assert.Equal(401, (await node.GetAsync("/whoami")).Status);
        Assert.Equal(200, (await node.GetAsync("/open")).Status);
        var audit = await RefusedAsync(2 * bad.Length);
        Assert.Contains($"not the secret of key {id}", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_')[2][..20], audit, StringComparison.Ordinal);
        Assert.Contains("\"network\":\"127.0.0.0/24\"", audit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"","role":"analyst"}""", "name")]
    [InlineData("""{"name":"A\n","role":"analyst"}""", "name")]
    [InlineData("""{"name":"A","role":"boss"}""", "role")]
    [InlineData("""{"name":"A","role":"advertiser"}""", "advertiser_id")]
    [InlineData("""{"name":"A","role":"analyst","advertiser_id":"acme"}""", "advertiser_id")]
    [InlineData("""{"name":"A","role":"advertiser","advertiser_id":"acme","publisher_id":"p"}""", "publisher_id")]
    [InlineData("""{"name":"A","role":"analyst","expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    public async Task What_cannot_be_a_key_is_refused_by_field(string wanted, string field)
    {
        await using var node = await AccessServer.StartAsync(_log);

        var (status, body) = await node.SendAsync(HttpMethod.Post, "/admin/keys", AccessServer.AdminKey, body: JsonElement.Parse(wanted));

        Assert.Equal(400, status);
        Assert.Equal(field, Assert.Single(JsonElement.Parse(body).GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Keys_are_bounded_in_number_and_a_revoked_one_makes_room()
    {
        await using var node = await AccessServer.StartAsync(_log, settings: ("Access:MaxKeys", "1"));
        var (id, _) = await node.CreateAsync(new { name = "A", role = "analyst" });
        Assert.Equal(409, (await node.SendAsync(HttpMethod.Post, "/admin/keys", AccessServer.AdminKey, body: new { name = "B", role = "analyst" })).Status);

        await node.SendAsync(HttpMethod.Delete, "/admin/keys/" + id, AccessServer.AdminKey);

        await node.CreateAsync(new { name = "B", role = "analyst" });
    }

    [Fact]
    public async Task While_the_log_is_away_known_keys_are_good_and_none_is_made_or_revoked()
    {
        await using var node = await AccessServer.StartAsync(_log);
        var (id, key) = await node.CreateAsync(new { name = "A", role = "analyst" });
        _log.IsDown = true;

        Assert.Equal(200, (await node.GetAsync("/whoami", key)).Status);
        Assert.Equal(503, (await node.SendAsync(HttpMethod.Post, "/admin/keys", AccessServer.AdminKey, body: new { name = "B", role = "analyst" })).Status);
        Assert.Equal(503, (await node.SendAsync(HttpMethod.Delete, "/admin/keys/" + id, AccessServer.AdminKey)).Status);
        Assert.Equal(200, (await node.GetAsync("/whoami", key)).Status);

        // A node that has not read the keys cannot tell a good one from a bad one.
        await using var fresh = await AccessServer.StartAsync(_log, settings: ("Access:KeysStartTimeoutMs", "1"));
        Assert.Equal(503, (await fresh.GetAsync("/whoami", key)).Status);
        Assert.Equal(200, (await fresh.GetAsync("/whoami", AccessServer.AdminKey)).Status);
        _log.IsDown = false;
        await fresh.UntilAsync(key, 200);
    }

    private async Task<string> RefusedAsync(int count)
    {
        var entries = new StringBuilder();
        await foreach (var message in _log.SubscribeAsync(StreamNames.Audit, -1, Token))
        {
            if (message.Event is not { } recorded) continue;
            entries.Append(Encoding.UTF8.GetString(recorded.Data.Span)).AppendLine();
            if (recorded.Revision == count - 1) break;
        }

        return entries.ToString();
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
