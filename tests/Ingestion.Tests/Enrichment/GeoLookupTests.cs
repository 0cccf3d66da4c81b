using System.Diagnostics;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Enrichment;

public sealed class GeoLookupTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("adclicks-geo-").FullName;
    private int _clicks;

    private string DatabaseFile => Path.Combine(_directory, "city.mmdb");

    [Fact]
    public async Task A_replaced_database_is_used_from_then_on()
    {
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("SE", "Uppsala"), TestContext.Current.CancellationToken);
        await using var server = await StartAsync();
        Assert.Equal("SE Uppsala", await PlaceAsync(server));

        var next = Path.Combine(_directory, "next.mmdb");
        await File.WriteAllBytesAsync(next, GeoFile.Write("NO", "Bergen"), TestContext.Current.CancellationToken);
        File.Move(next, DatabaseFile, overwrite: true);
        await UntilAsync(server, "NO Bergen");

        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("FI", "Turku"), TestContext.Current.CancellationToken);
        await UntilAsync(server, "FI Turku");
    }

    [Fact]
    public async Task A_link_that_leads_elsewhere_is_a_replaced_database()
    {
        foreach (var (name, country, city) in new[] { ("first", "SE", "Uppsala"), ("second", "NO", "Bergen") })
        {
            Directory.CreateDirectory(Path.Combine(_directory, name));
            await File.WriteAllBytesAsync(Path.Combine(_directory, name, "city.mmdb"), GeoFile.Write(country, city), TestContext.Current.CancellationToken);
        }

        // As Kubernetes mounts files: a link to the file in a folder that is a link itself.
        var (data, next) = (Path.Combine(_directory, "..data"), Path.Combine(_directory, "..next"));
        Directory.CreateSymbolicLink(data, "first");
        File.CreateSymbolicLink(DatabaseFile, Path.Combine("..data", "city.mmdb"));
        await using var server = await StartAsync();
        Assert.Equal("SE Uppsala", await PlaceAsync(server));
        Directory.CreateSymbolicLink(next, "second");
        Directory.Delete(data);
        Directory.Move(next, data);
        await UntilAsync(server, "NO Bergen");
    }

    [Fact]
    public async Task What_is_written_where_a_link_leads_is_found_when_a_minute_is_over()
    {
        // The system tells of the folder of the link alone.
        var elsewhere = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, "elsewhere")).FullName, "city.mmdb");
        await File.WriteAllBytesAsync(elsewhere, GeoFile.Write("SE", "Uppsala"), TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(DatabaseFile, elsewhere);
        await using var server = await TrackingServer.StartAsync(new HurriedTime(), ("Ingestion:GeoDatabase", DatabaseFile));
        Assert.Equal("SE Uppsala", await PlaceAsync(server));

        await File.WriteAllBytesAsync(elsewhere, GeoFile.Write("NO", "Bergen"), TestContext.Current.CancellationToken);
        await UntilAsync(server, "NO Bergen");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_cannot_be_used_leaves_the_one_before_in_use(bool isOfAnotherKind)
    {
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("SE", "Uppsala"), TestContext.Current.CancellationToken);
        await using var server = await StartAsync();
        await File.WriteAllBytesAsync(DatabaseFile, isOfAnotherKind ? GeoFile.Write("NO", "Bergen", "Test-ASN") : "no database"u8.ToArray(), TestContext.Current.CancellationToken);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(2);) Assert.Equal("SE Uppsala", await PlaceAsync(server));
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("NO", "Bergen"), TestContext.Current.CancellationToken);
        await UntilAsync(server, "NO Bergen");
    }

    [Fact]
    public async Task Where_one_is_damaged_the_click_counts_and_its_place_is_unknown()
    {
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.WriteDamaged("SE", "Uppsala", [127, 0, 0]), TestContext.Current.CancellationToken);
        await using var server = await StartAsync();

        Assert.Equal(" ", await PlaceAsync(server));
    }

    [Fact]
    public async Task A_server_does_not_start_with_one_of_another_kind()
    {
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("SE", "Uppsala", "Test-ASN"), TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);
        Assert.Contains("Ingestion:GeoDatabase", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_comes_later_is_found()
    {
        await using var server = await StartAsync();
        Assert.Equal(" ", await PlaceAsync(server));
        await File.WriteAllBytesAsync(DatabaseFile, GeoFile.Write("SE", "Uppsala"), TestContext.Current.CancellationToken);
        await UntilAsync(server, "SE Uppsala");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<TrackingServer> StartAsync() => TrackingServer.StartAsync(("Ingestion:GeoDatabase", DatabaseFile));

    private async Task UntilAsync(TrackingServer server, string place)
    {
        var clock = Stopwatch.StartNew();
        while (await PlaceAsync(server) != place) Assert.True(clock.Elapsed < _limit, $"{place} did not come.");
    }

    private async Task<string> PlaceAsync(TrackingServer server)
    {
        var id = $"e{_clicks++}";
        using var response = await server.GetAsync($"?ad_id={id}&campaign_id=c");
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == id);
        return $"{click.Country} {click.City}";
    }
}
