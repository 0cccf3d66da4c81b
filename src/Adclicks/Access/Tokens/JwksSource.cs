using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Adclicks.Access.Tokens;

/// <summary>Reads the issuer's public keys; again now and then, and when a token names one that is not among them.</summary>
internal sealed class JwksSource : IConfigurationRetriever<OpenIdConnectConfiguration>
{
    private const int MaxBytes = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5), ReadAgain = TimeSpan.FromMinutes(15), AtTheEarliest = TimeSpan.FromSeconds(10);

    /// <summary>The keys at an address: a URL or a file.</summary>
    public static ConfigurationManager<OpenIdConnectConfiguration> At(string address)
    {
        var isFile = !Uri.TryCreate(address, UriKind.Absolute, out var url) || url.IsFile;
        IDocumentRetriever documents = isFile
            ? new FileDocumentRetriever()
            : new HttpDocumentRetriever(new HttpClient { Timeout = Timeout, MaxResponseContentBufferSize = MaxBytes }) { RequireHttps = !url!.IsLoopback };
        var path = isFile && url is not null ? url.LocalPath : address;
        return new(path, new JwksSource(), documents) { AutomaticRefreshInterval = ReadAgain, RefreshInterval = AtTheEarliest };
    }

    /// <inheritdoc/>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
    {
        var keys = new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel));
        var configuration = new OpenIdConnectConfiguration { JsonWebKeySet = keys };
        foreach (var key in keys.GetSigningKeys()) configuration.SigningKeys.Add(key);
        return configuration;
    }
}
