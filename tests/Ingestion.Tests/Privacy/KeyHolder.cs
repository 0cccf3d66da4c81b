using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Privacy.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Ingestion.Tests.Privacy;

/// <summary>What a process has of the keys in a data directory.</summary>
internal sealed class KeyHolder : IDisposable
{
    private readonly ServiceProvider _services;

    public KeyHolder(string data, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("DataDirectory", data), .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]).Build();
        _services = new ServiceCollection().AddLogging().AddPersonalDataKeys(configuration).BuildServiceProvider();
    }

    public IKeyStore Keys => _services.GetRequiredService<IKeyStore>();

    public byte[] HashOf(string userId) => _services.GetRequiredService<VisitorHasher>().OfVisitor(userId, "", "");

    public byte[] Seal(uint day, string userId, string address = "192.0.2.7") =>
        _services.GetRequiredService<PersonalDataSealer>().Seal(day, HashOf(userId), address, userId);

    public (SealState State, PersonalData? Data) Open(uint day, string userId, byte[] copy)
    {
        var state = _services.GetRequiredService<PersonalDataSealer>().Open(day, HashOf(userId), copy, out var data);
        return (state, data);
    }

    public void Dispose() => _services.Dispose();
}
