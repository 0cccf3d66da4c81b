using System.Text.Json;
using System.Text.RegularExpressions;
using Adclicks.Domain.Clicks.Generated;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Support.Postgres;
using Npgsql;
using Parquet;

namespace Adclicks.Tests.EndToEnd;

/// <summary>Everything that an installation stores is in the table of <c>docs/privacy.md</c>.</summary>
public sealed partial class StoredFieldsTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-stored-").FullName;
    private readonly string _archive = Directory.CreateTempSubdirectory("adclicks-stored-archive-").FullName;
    private readonly SortedSet<string> _stored = new(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_archive, recursive: true);
    }

    [Fact]
    public async Task Every_stored_field_is_in_the_table_of_personal_data()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using (var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString))
        {
            await FillAsync(up);
            await AddTablesAsync(database.ConnectionString);
            await up.StopAsync();
        }

        foreach (var field in Click.Descriptor.Fields.InFieldNumberOrder()) Add("clicks-recorded", field.Name);
        await AddEventsAsync();
        await AddArchiveAsync();
        foreach (var file in Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories)) AddFile(Path.GetRelativePath(_data, file));

        var table = Table();
        var missing = _stored.Where(field => !table.Any(row => row.IsMatch(field))).ToList();
        Assert.True(missing.Count == 0, $"docs/privacy.md does not say of these whether they are personal:\n{string.Join('\n', missing)}");
    }

    /// <summary>Something of each kind.</summary>
    private async Task FillAsync(AdclicksProcess up)
    {
        await up.PutAsync("/reference/advertisers/acme", """{"name": "Acme"}""");
        await up.PutAsync("/reference/campaigns/c1", """{"advertiser_id": "acme", "name": "One"}""");
        await up.PutAsync("/reference/ads/ad1", """{"campaign_id": "c1", "target_url": "https://acme.example/"}""");
        await up.PutAsync("/reference/publishers/p1", """{"name": "P"}""");
        await up.PutAsync("/reference/rules/r1", """{"kind": "blocked_ip_range", "range": "198.51.100.0/24"}""");
        await up.SendAsync("""{"event_id":"e1","ad_id":"ad1","campaign_id":"c1","advertiser_id":"acme","timestamp_ms":1431857103000,"user_id":"u","ip_address":"203.0.113.1","user_agent":"Googlebot/2.1"}""" + "\n");
        await up.SendAsync("""{"ad_id":"","campaign_id":"c1","timestamp_ms":1431857103000}""" + "\n");
        await RunAsync("billing", "close", "--data", _data);
        await RunAsync("keys", "create", "--role", "advertiser", "--advertiser", "acme", "--expires", "90d", "--data", _data);
        await RunAsync("url-keys", "rotate", "--data", _data);
        await RunAsync("archive", "--to", _archive, "--data", _data);
        await up.ReportAsync("timeseries?start_time=2015-05-17&end_time=2015-05-18&granularity=hour&metrics=click_count");
    }

    private async Task AddTablesAsync(string connectionString)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        await using var select = sql.CreateCommand("""
            SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema LIKE 'adclicks%' AND t.table_type = 'BASE TABLE'
            """);
        await using var reader = await select.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token)) Add($"{GenerationNumber().Replace(reader.GetString(0), "_gN")}.{reader.GetString(1)}", reader.GetString(2));
    }

    private async Task AddEventsAsync()
    {
        await using var log = EmbeddedEventLog.OpenReadOnly(Path.Combine(_data, "log"));
        var partition = Partitioner.PartitionOf("ad1", Partitioner.DefaultCount);
        foreach (var stream in new[] { StreamNames.Clicks(partition), StreamNames.RejectedClicks, StreamNames.Reference, StreamNames.Billing, StreamNames.Audit, StreamNames.Keys })
        {
            var events = 0;
            await foreach (var e in log.ReadAsync(stream, ReadDirection.Forwards, 0, cancellationToken: Token))
            {
                events++;
                if (stream != StreamNames.Clicks(partition)) AddMembers(e.Type, e.Data);
                AddMembers(e.Type + " metadata", e.Metadata);
            }

            Assert.True(events > 0, $"Nothing is in {stream}.");
        }
    }

    private async Task AddArchiveAsync()
    {
        foreach (var file in Directory.EnumerateFiles(_archive, "*.parquet", SearchOption.AllDirectories))
        {
            await using var stream = File.OpenRead(file);
            await using var parquet = await ParquetReader.CreateAsync(stream, cancellationToken: Token);
            foreach (var field in parquet.Schema.DataFields) Add("archive", field.Name);
        }
    }

    private void AddMembers(string where, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return;
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject()) Add(where, member.Name);
    }

    private void AddFile(string path) => Add("file", path.Split('/')[0] is "log" or "spill" or "postgres" ? path.Split('/')[0] + "/" : Date().Replace(path, "YYYY-MM-DD"));

    private void Add(string where, string field) => _stored.Add($"{where}: {field}");

    /// <summary>Rows whose first cell is code: where something is, and in the second cell what; a star stands for anything.</summary>
    private static List<Regex> Table()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Adclicks.sln"))) directory = directory.Parent;
        return [.. File.ReadLines(Path.Combine(directory.FullName, "docs", "privacy.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')).Where(cells => cells.Length > 4)
            .SelectMany(cells => Code().Matches(cells[1]), (cells, where) => (Cells: cells, Where: where.Groups[1].Value))
            .SelectMany(row => Code().Matches(row.Cells[2]), (row, field) => $"{row.Where}: {field.Groups[1].Value}")
            .Select(pattern => new Regex($"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$"))];
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)} ended with {code}: {output}");
    }

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Code();

    [GeneratedRegex("_g[0-9]+$")]
    private static partial Regex GenerationNumber();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}")]
    private static partial Regex Date();
}
