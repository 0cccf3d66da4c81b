using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Adclicks.EventStore.EventStoreDb.Connection;

/// <summary>Opens gRPC channels as the connection string says.</summary>
internal static class ChannelFactory
{
    /// <summary>The largest event there can be, with what surrounds it: the server's record limit is 16 MiB.</summary>
    private const int MaxMessageBytes = 17 * 1024 * 1024;

    /// <summary>The part of a stream that may be under way before the reader has taken it; grows with the link.</summary>
    private const int ReadWindowBytes = 2 * 1024 * 1024;

    // When to come back is decided by who uses the channel; left to itself it would stay away for two minutes.
    private static readonly TimeSpan _firstReconnect = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _lastReconnect = TimeSpan.FromMilliseconds(200);

    public static GrpcChannel Open(Endpoint endpoint, EventStoreDbSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            // A server takes 100 calls over one connection, and each subscription is a call.
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = settings.GossipTimeout,
            InitialHttp2StreamWindowSize = ReadWindowBytes,
            KeepAlivePingDelay = settings.KeepAliveInterval ?? System.Threading.Timeout.InfiniteTimeSpan,
            KeepAlivePingTimeout = settings.KeepAliveTimeout ?? System.Threading.Timeout.InfiniteTimeSpan,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            UseProxy = false,
            PooledConnectionIdleTimeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        if (settings.Tls)
            handler.SslOptions = SslOptions(settings);
        var scheme = settings.Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        return GrpcChannel.ForAddress($"{scheme}://{endpoint}", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
            InitialReconnectBackoff = _firstReconnect,
            MaxReconnectBackoff = _lastReconnect,
        });
    }

    private static SslClientAuthenticationOptions SslOptions(EventStoreDbSettings settings)
    {
        var options = new SslClientAuthenticationOptions();
        if (!settings.TlsVerifyCert)
        {
#pragma warning disable CA5359 // Asked for, by name, in the connection string.
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (settings.TlsCaFile is { } file)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.Add(Load("tlsCaFile", () => X509CertificateLoader.LoadCertificateFromFile(file)));
        }

        if (settings is { UserCertFile: { } certificate, UserKeyFile: { } key })
        {
            options.ClientCertificates =
            [
                Load("userCertFile", () => X509Certificate2.CreateFromPemFile(certificate, key)),
            ];
        }

        return options;
    }

    private static X509Certificate2 Load(string option, Func<X509Certificate2> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException)
        {
            throw new FormatException($"The EventStoreDB connection string's option '{option}' cannot be used: {e.Message}", e);
        }
    }
}
