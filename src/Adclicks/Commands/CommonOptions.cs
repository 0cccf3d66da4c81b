using System.CommandLine;
using Adclicks.Access;
using Adclicks.Hosting;

namespace Adclicks.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>The environment variable with a key.</summary>
    private const string KeySetting = "ADCLICKS_KEY";

    /// <summary>The data directory.</summary>
    public static Option<DirectoryInfo> Data() => new("--data")
    {
        Description = $"The data directory (default: {DataDirectory.Setting}, else ./adclicks-data)",
        HelpName = "DIR",
        DefaultValueFactory = _ => new DirectoryInfo(DataDirectory.Default),
    };

    /// <summary>Where to listen.</summary>
    public static Option<string> Urls()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen: http(s)://HOST:PORT; several with ; between them; * or + as the host for all addresses",
            HelpName = "URLS",
            DefaultValueFactory = _ => DefaultUrl,
        };
        urls.Validators.Add(given =>
        {
            var wrong = given.GetValueOrDefault<string>()?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(url => !ListenAddress.IsValid(url));
            if (wrong is not null) given.AddError($"--urls: {wrong} is not http(s)://HOST:PORT, where HOST is an address of this machine, localhost, * or +.");
        });
        return urls;
    }

    /// <summary>A PostgreSQL that is already there.</summary>
    public static Option<string?> Postgres(string otherwise) => new("--postgres")
    {
        Description = $"Connection string of PostgreSQL ({otherwise})",
        HelpName = "CONNECTION",
    };

    /// <summary>Where a running Adclicks is.</summary>
    public static Option<string?> Url() => new("--url")
    {
        Description = $"Where Adclicks is (default: where the one on --data listens, else {DefaultUrl})",
        HelpName = "URL",
    };

    /// <summary>The key to send.</summary>
    public static Option<string?> Key(string role) => new("--key")
    {
        Description = $"An API key (default: {KeySetting}, else the {role} key in keys.json of --data)",
        HelpName = "KEY",
    };

    /// <summary>A client for the address and key that were given or found. Throws <see cref="IOException"/> where there is no key.</summary>
    public static HttpClient ClientFor(DirectoryInfo data, string? url, string? key, string role)
    {
        var directory = new DataDirectory(data.FullName);
        var address = AddressOf(directory, url);
        key ??= Environment.GetEnvironmentVariable(KeySetting) is { Length: > 0 } set ? set : KeyIn(directory, role);
        var client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    /// <summary>Where Adclicks is: as given, else where the one on the directory listens. Throws <see cref="IOException"/> where that is no URL.</summary>
    public static Uri AddressOf(DataDirectory directory, string? url)
    {
        url ??= directory.ReadAddress()?.Url ?? DefaultUrl;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) throw new IOException($"--url {url} is not a URL.");
        // Addresses to listen on are not all addresses to go to.
        return address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? new UriBuilder(address) { Host = "127.0.0.1" }.Uri : address;
    }

    private static string KeyIn(DataDirectory directory, string role)
    {
        if (!File.Exists(directory.KeysFile)) throw new IOException($"There is no key: give --key, or --data with a directory that has a keys.json ({directory.KeysFile} is not there).");
        return KeyFile.Load(directory.KeysFile).TryGetValue(role, out var key) ? key : throw new IOException($"{directory.KeysFile} has no {role} key.");
    }
}
