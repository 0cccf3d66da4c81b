using System.Security.Cryptography;
using System.Text.Json;
using Adclicks.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Adclicks.Tests.Access;

public sealed class TokenTests : IAsyncDisposable
{
    private const string Issuer = "https://id.example/", Audience = "adclicks";
    private static readonly string[] TwoRoles = ["boss", "advertiser"];
    private static readonly byte[] Shared = RandomNumberGenerator.GetBytes(32);
    private readonly MemoryEventLog _log = new();
    private readonly string _jwks = Path.GetTempFileName();

    public ValueTask DisposeAsync()
    {
        File.Delete(_jwks);
        return _log.DisposeAsync();
    }

    [Fact]
    public async Task A_token_of_the_issuer_lets_its_holder_in_by_the_claims_that_are_configured()
    {
        await using var node = await AccessServer.StartAsync(
            _log, null, [.. Symmetric, ("Access:Jwt:RoleClaim", "https://adclicks/role"), ("Access:Jwt:AdvertiserClaim", "account")]);
        var token = Sign(SharedKey, claims: new() { ["https://adclicks/role"] = TwoRoles, ["account"] = "acme", ["advertiser_id"] = "other", ["sub"] = "u-1" });

        Assert.Equal((200, "acme advertiser jwt:u-1 u-1"), await node.GetAsync("/whoami", bearer: token));
        Assert.Equal(200, (await node.GetAsync("/whoami", AccessServer.AdminKey)).Status);
        Assert.Equal(200, (await node.GetAsync("/whoami", bearer: AccessServer.AdminKey)).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_token_refuses_it()
    {
        await using var node = await AccessServer.StartAsync(_log, null, Symmetric);
        var good = Sign(SharedKey);
        var parts = good.Split('.');
        using var rsa = RSA.Create(2048);
        (string Why, string Token)[] wrong =
        [
            ("expired", Sign(SharedKey, expires: DateTime.UtcNow.AddMinutes(-2))),
            ("not yet valid", Sign(SharedKey, notBefore: DateTime.UtcNow.AddMinutes(2), expires: DateTime.UtcNow.AddMinutes(4))),
            ("another audience", Sign(SharedKey, audience: "other")),
            ("another issuer", Sign(SharedKey, issuer: "https://other.example/")),
            ("another key", Sign(new SigningCredentials(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)), "HS256"))),
            ("another algorithm with the right key", Sign(new SigningCredentials(new SymmetricSecurityKey([.. Shared, .. new byte[32]]), "HS512"))),
            ("an asymmetric algorithm", Sign(new SigningCredentials(new RsaSecurityKey(rsa), "RS256"))),
            ("no algorithm", Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""") + "." + parts[1] + "."),
            ("no signature", parts[0] + "." + parts[1] + "."),
            ("changed claims", parts[0] + "." + Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("analyst", "admin", StringComparison.Ordinal)) + "." + parts[2]),
            ("no role of ours", Sign(SharedKey, claims: new() { ["role"] = "boss" })),
            ("no end", Sign(SharedKey, claims: new() { ["role"] = "analyst" }, neverExpires: true)),
            ("garbage", "a.b.c"),
        ];

        Assert.Equal(200, (await node.GetAsync("/whoami", bearer: good)).Status);
        foreach (var (why, token) in wrong) Assert.True((await node.GetAsync("/whoami", bearer: token)).Status == 401, why);
    }

    [Fact]
    public async Task Public_keys_are_read_from_a_file_and_a_shared_secret_is_no_key_then()
    {
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "k1" };
        WriteKeys(key);
        await using var node = await AccessServer.StartAsync(_log, null, ("Access:Jwt:Issuer", Issuer), ("Access:Jwt:Audience", Audience), ("Access:Jwt:Jwks", _jwks));

        Assert.Equal(200, (await node.GetAsync("/whoami", bearer: Sign(new SigningCredentials(key, "RS256")))).Status);
        // The classic confusion: the public key taken for the secret of an HMAC.
        var confused = new SigningCredentials(new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = "k1" }, "HS256");
        Assert.Equal(401, (await node.GetAsync("/whoami", bearer: Sign(confused))).Status);
        using var foreign = RSA.Create(2048);
        Assert.Equal(401, (await node.GetAsync("/whoami", bearer: Sign(new SigningCredentials(new RsaSecurityKey(foreign) { KeyId = "k1" }, "RS256")))).Status);
    }

    [Fact]
    public async Task Where_the_public_keys_cannot_be_read_nobody_is_told_that_a_token_is_bad()
    {
        await using var node = await AccessServer.StartAsync(_log, null, ("Access:Jwt:Issuer", Issuer), ("Access:Jwt:Audience", Audience), ("Access:Jwt:Jwks", _jwks + ".none"));

        Assert.Equal(503, (await node.GetAsync("/whoami", bearer: Sign(SharedKey))).Status);
        Assert.Equal(200, (await node.GetAsync("/whoami", AccessServer.AdminKey)).Status);
    }

    [Theory]
    [InlineData("Issuer", "", "Issuer and Audience")]
    [InlineData("SymmetricKey", "c2hvcnQ=", "SymmetricKey")]
    [InlineData("Jwks", "http://id.example/keys", "either Jwks or SymmetricKey")]
    [InlineData("Algorithms:0", "none", "none must be one of")]
    [InlineData("Algorithms:0", "RS256", "RS256 must be one of")]
    [InlineData("ClockSkewSeconds", "3600", "ClockSkewSeconds")]
    public async Task A_wrong_setting_stops_the_start_by_name(string key, string value, string named)
    {
        var refusal = await Assert.ThrowsAsync<FormatException>(() => AccessServer.StartAsync(_log, null, [.. Symmetric, ("Access:Jwt:" + key, value)]));

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    private static (string, string)[] Symmetric =>
        [("Access:Jwt:Issuer", Issuer), ("Access:Jwt:Audience", Audience), ("Access:Jwt:SymmetricKey", Convert.ToBase64String(Shared))];

    private static SigningCredentials SharedKey => new(new SymmetricSecurityKey(Shared), "HS256");

    private static string Sign(
        SigningCredentials by, Dictionary<string, object>? claims = null, string issuer = Issuer, string audience = Audience,
        DateTime? expires = null, DateTime? notBefore = null, bool neverExpires = false) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = claims ?? new() { ["role"] = "analyst", ["sub"] = "u-1" },
            NotBefore = notBefore,
            Expires = neverExpires ? null : expires ?? DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = by,
        });

    private void WriteKeys(RsaSecurityKey key)
    {
        var p = key.Rsa.ExportParameters(includePrivateParameters: false);
        var jwk = new { kty = "RSA", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(p.Modulus), e = Base64UrlEncoder.Encode(p.Exponent) };
        File.WriteAllText(_jwks, JsonSerializer.Serialize(new { keys = new[] { jwk } }));
    }
}
