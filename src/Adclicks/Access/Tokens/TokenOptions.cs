using Microsoft.IdentityModel.Tokens;

namespace Adclicks.Access.Tokens;

/// <summary>Which JSON Web Tokens are believed: the section <c>Access:Jwt</c>. None, where it is not set.</summary>
internal sealed class TokenOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Access:Jwt";

    private const int MinKeyBytes = 32;
    private static readonly string[] Symmetric = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];
    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>What <c>iss</c> must be.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must be, or have among its values.</summary>
    public string? Audience { get; set; }

    /// <summary>Where the issuer's public keys are (a JWK set): an https URL (http on loopback), or a file.</summary>
    public string? Jwks { get; set; }

    /// <summary>Instead of <see cref="Jwks"/>: a key shared with the issuer, base64, at least 32 bytes.</summary>
    public string? SymmetricKey { get; set; }

    /// <summary>Algorithms to accept (default: RS256, PS256, ES256 with <see cref="Jwks"/>, HS256 with <see cref="SymmetricKey"/>).</summary>
    public IList<string> Algorithms { get; } = [];

    /// <summary>The claim with the role, or roles (default <c>role</c>).</summary>
    public string RoleClaim { get; set; } = "role";

    /// <summary>The claim with the own id of an advertiser (default <c>advertiser_id</c>).</summary>
    public string AdvertiserClaim { get; set; } = "advertiser_id";

    /// <summary>The claim with the own id of a publisher (default <c>publisher_id</c>).</summary>
    public string PublisherClaim { get; set; } = "publisher_id";

    /// <summary>The claim by which holders are told apart in limits and in the audit log (default <c>sub</c>).</summary>
    public string SubjectClaim { get; set; } = "sub";

    /// <summary>How far the issuer's clock may be off, in seconds (default 30; 0 to 300).</summary>
    public int ClockSkewSeconds { get; set; } = 30;

    /// <summary>Whether tokens are believed at all.</summary>
    public bool IsConfigured => Issuer is not null || Audience is not null || Jwks is not null || SymmetricKey is not null;

    /// <summary>The algorithms in force.</summary>
    public IEnumerable<string> AcceptedAlgorithms =>
        Algorithms.Count > 0 ? Algorithms : SymmetricKey is not null ? [Symmetric[0]] : [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256];

    /// <summary>What is wrong with the settings, naming the key; null for nothing.</summary>
    public string? Problem()
    {
        if (!IsConfigured) return null;
        if (string.IsNullOrEmpty(Issuer) || string.IsNullOrEmpty(Audience)) return $"{Section}: Issuer and Audience must both be set.";
        if (string.IsNullOrEmpty(Jwks) == string.IsNullOrEmpty(SymmetricKey)) return $"{Section}: either Jwks or SymmetricKey must be set.";
        if (SymmetricKey is not null && KeyBytes() is not { Length: >= MinKeyBytes }) return $"{Section}:SymmetricKey must be base64 of at least {MinKeyBytes} bytes.";
        var possible = SymmetricKey is null ? Asymmetric : Symmetric;
        if (Algorithms.FirstOrDefault(a => !possible.Contains(a)) is { } other) return $"{Section}:Algorithms: {other} must be one of {string.Join(", ", possible)}.";
        if (Uri.TryCreate(Jwks, UriKind.Absolute, out var url) && !url.IsFile && url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            return $"{Section}:Jwks must be a file or an https URL.";
        return ClockSkewSeconds is < 0 or > 300 ? $"{Section}:ClockSkewSeconds must be from 0 to 300." : null;
    }

    /// <summary>The shared key; null where it is not base64.</summary>
    public byte[]? KeyBytes()
    {
        try
        {
            return Convert.FromBase64String(SymmetricKey ?? "");
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
