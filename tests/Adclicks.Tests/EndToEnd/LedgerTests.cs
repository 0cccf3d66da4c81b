using System.Text;
using System.Text.Json;
using Adclicks.Support.Postgres;
using Npgsql;
using RocksDbSharp;

namespace Adclicks.Tests.EndToEnd;

/// <summary>Close, reconcile, explain and bill through the command line; then tamper with everything.</summary>
public sealed class LedgerTests : IDisposable
{
    private const int Clicks = 900;
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-ledger-").FullName;
    private readonly string _copies = Directory.CreateTempSubdirectory("adclicks-copies-").FullName;

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_copies, recursive: true);
    }

    [Fact]
    public async Task What_is_billed_can_be_counted_again_and_whatever_was_changed_is_named()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using (var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString))
        {
            await SendAsync(up);
            await SucceedAsync(0, "billing", "close", "--data", _data);
            var equal = await SucceedAsync(0, "reconcile", "--data", _data, "--exact");
            Assert.Contains("Equal.", equal, StringComparison.Ordinal);
            Assert.Contains($"{Clicks:N0} clicks replayed", equal, StringComparison.Ordinal);
            await AssertArchiveAndReportsAsync();
            await AssertStatementAsync();
            await AssertExplainedAsync(up);
            await AssertRetentionAsync(database.ConnectionString);
            await AssertDamagedAsync(database.ConnectionString);
            await AssertTablesAsync(database.ConnectionString);
            await up.StopAsync();
        }

        Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--data", _data, "--ledger-only"), StringComparison.Ordinal);
        await AssertArchiveAsync();
        await AssertForgedAsync();
        await AssertLedgerAsync();
        await AssertDroppedAsync();
    }

    /// <summary>Three hours of two advertisers; some twice.</summary>
    private static async Task SendAsync(AdclicksProcess up)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < Clicks; i++)
        {
            var ms = Start.AddSeconds((i / 2 * 24) + (i % 2)).ToUnixTimeMilliseconds();
            lines.Append($"{{\"event_id\":\"click-{i}\",\"ad_id\":\"ad{i / 2 % 7}\",\"campaign_id\":\"c{i / 2 % 3}\",\"advertiser_id\":\"{(i / 2 % 7 < 3 ? "acme" : "globex")}\",\"timestamp_ms\":{ms},")
                .Append($"\"user_id\":\"u{(i % 5 == 0 ? i : i / 2)}\",\"user_agent\":\"{(i % 11 == 0 ? "Googlebot/2.1" : "Mozilla/5.0 Firefox/128.0")}\"}}\n");
        }

        Assert.Equal(Clicks, (await up.SendAsync(lines.ToString()))!.Value.GetProperty("accepted").GetInt32());
    }

    private async Task AssertStatementAsync()
    {
        var first = await SucceedAsync(0, "statement", "--advertiser", "acme", "--month", "2015-05", "--format", "json", "--data", _data);
        Assert.Equal(first, await SucceedAsync(0, "statement", "--advertiser", "acme", "--month", "2015-05", "--format", "json", "--data", _data));
        using var acme = JsonDocument.Parse(first);
        using var globex = JsonDocument.Parse(await SucceedAsync(0, "statement", "--advertiser", "globex", "--month", "2015-05", "--format", "json", "--data", _data));
        var totals = new[] { acme, globex }.Select(s => s.RootElement.GetProperty("total")).ToList();
        Assert.Equal(Clicks, totals.Sum(t => t.GetProperty("gross").GetInt32()));
        Assert.All(totals, t => Assert.Equal(
            t.GetProperty("gross").GetInt32(), t.GetProperty("billable").GetInt32() + t.GetProperty("fraudulent").GetInt32() + t.GetProperty("duplicate").GetInt32()));
        Assert.All(totals, t => Assert.True(t.GetProperty("duplicate").GetInt32() > 0));
    }

    /// <summary>Each click for itself adds up to the reports.</summary>
    private async Task AssertExplainedAsync(AdclicksProcess up)
    {
        var ids = Path.Combine(_copies, "ids");
        await File.WriteAllLinesAsync(ids, Enumerable.Range(0, Clicks).Select(i => $"click-{i}"), TestContext.Current.CancellationToken);
        var explained = (await SucceedAsync(0, "explain", "--ids", ids, "--lines", "--data", _data))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(Clicks, explained.Count);
        var listed = (await SucceedAsync(0, "explain", "--bucket", "2015-05-17", "--data", _data)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')).ToDictionary(l => l[0], l => l[5]);
        Assert.Equal(explained.ToDictionary(e => e.GetProperty("click_id").GetString()!, e => e.GetProperty("verdict").GetString()!), listed);
        Assert.Contains("Equal to the reports.", await SucceedAsync(0, "explain", "--sample", "300", "--seed", "7", "--data", _data), StringComparison.Ordinal);
        Assert.All(explained, e => Assert.Equal("closed", e.GetProperty("billing").GetProperty("state").GetString()));
        Assert.All(explained, e => Assert.Equal(
            e.GetProperty("verdict").GetString() == "counted", e.GetProperty("rules").EnumerateArray().All(r => r.GetProperty("outcome").GetString() == "passed")));
        Assert.All(explained.Where(e => e.GetProperty("verdict").GetString() == "duplicate:visitor"), e => Assert.True(
            e.GetProperty("rules")[1].GetProperty("facts").GetProperty("distance_ms").GetInt32() < 10_000));
        var report = await up.ReportAsync("timeseries?start_time=2015-05-17&end_time=2015-05-18&granularity=hour&dimensions=advertiser_id&metrics=billable_click_count");
        foreach (var row in report.GetProperty("rows").EnumerateArray())
        {
            Assert.Equal(row.GetProperty("billable_click_count").GetInt32(), explained
                .Where(e => e.GetProperty("counted").GetProperty("hour").GetDateTimeOffset() == row.GetProperty("time").GetDateTimeOffset()
                    && e.GetProperty("reference").GetProperty("advertiser_id").GetString() == row.GetProperty("advertiser_id").GetString())
                .Sum(e => e.GetProperty("counted").GetProperty("billable").GetInt32()));
        }
    }

    /// <summary>A row less, in any of the tables.</summary>
    private async Task AssertTablesAsync(string connectionString)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        var tables = new List<string>();
        await using (var command = sql.CreateCommand("SELECT relname::text FROM pg_class WHERE relnamespace = 'adclicks_g1'::regnamespace AND relkind = 'p' ORDER BY 1"))
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) tables.Add(reader.GetString(0));
        }

        Assert.NotEmpty(tables);
        var changed = new List<string>();
        foreach (var table in tables)
        {
            await using var delete = sql.CreateCommand($"DELETE FROM adclicks_g1.{table} WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM adclicks_g1.{table} LIMIT 1)");
            if (await delete.ExecuteNonQueryAsync(TestContext.Current.CancellationToken) == 1) changed.Add(table);
        }

        var output = await SucceedAsync(1, "reconcile", "--data", _data, "--rows", "100000");
        foreach (var table in changed) Assert.Contains(table, output, StringComparison.Ordinal);
        Assert.Contains("differ from the reports", await SucceedAsync(1, "explain", "--sample", "100000", "--data", _data), StringComparison.Ordinal);
        Assert.Contains("2015-05-17 1", output, StringComparison.Ordinal);
        Assert.Matches("acme|globex", output);
    }

    /// <summary>A row that cannot even be read is named like one that was changed, and so is what the reports lack because of it.</summary>
    private async Task AssertDamagedAsync(string connectionString)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        await ExecuteAsync(sql, "CREATE TABLE saved_damaged AS TABLE adclicks_g1.rollup_ad_hour; UPDATE adclicks_g1.rollup_ad_hour SET gross = set_byte(gross, 0, 77)");
        var output = await SucceedAsync(1, "reconcile", "--data", _data);
        Assert.Matches(@"rollups +2015-05-17 1\d:00 .*adclicks_g1\.rollup_ad_hour has a row", output);
        Assert.Matches(@"rollups +2015-05-17 1\d:00 +(acme|globex) +rollup_ad_hour: ad_id=", output);
        Assert.DoesNotContain("rollup_ad_day", output, StringComparison.Ordinal);
        await ExecuteAsync(sql, "DELETE FROM adclicks_g1.rollup_ad_hour; INSERT INTO adclicks_g1.rollup_ad_hour SELECT * FROM saved_damaged");
    }

    /// <summary>What retention took from the reports is no difference, and it is said that it was not compared.</summary>
    private async Task AssertRetentionAsync(string connectionString)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        const string EachTable = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'adclicks_g1'::regnamespace AND relkind = 'p' AND relname ~ '_(minute|hour)$' LOOP {0} END LOOP; END $$;";
        await ExecuteAsync(sql, string.Format(null, EachTable, "EXECUTE format('CREATE TABLE saved_%s AS TABLE adclicks_g1.%s', t, t); EXECUTE format('DELETE FROM adclicks_g1.%s', t);"));
        Assert.Contains("rollup_ad_hour", await SucceedAsync(1, "reconcile", "--data", _data), StringComparison.Ordinal);

        await ExecuteAsync(sql, "INSERT INTO adclicks_g1.dropped_ranges SELECT g, '2015-05-17Z', '2015-05-18Z' FROM unnest(ARRAY['minute', 'hour']) g");
        var output = await SucceedAsync(0, "reconcile", "--data", _data);
        Assert.Contains("Equal.", output, StringComparison.Ordinal);
        Assert.Contains("Reports by hour from 2015-05-17 00:00 to 2015-05-18 00:00 not compared", output, StringComparison.Ordinal);
        Assert.Contains("Reports by minute from", output, StringComparison.Ordinal);
        Assert.DoesNotContain("not compared:", await SucceedAsync(0, "reconcile", "--from", "2015-05-18", "--data", _data), StringComparison.Ordinal);

        await ExecuteAsync(sql, string.Format(null, EachTable, "EXECUTE format('INSERT INTO adclicks_g1.%s SELECT * FROM saved_%s', t, t);") + "DELETE FROM adclicks_g1.dropped_ranges");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource sql, string text)
    {
        await using var command = sql.CreateCommand(text);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Where a process runs, what the archive gives is compared with its reports too.</summary>
    private async Task AssertArchiveAndReportsAsync()
    {
        var archive = Path.Combine(_copies, "whole");
        await SucceedAsync(0, "archive", "--to", archive, "--data", _data);
        var output = await SucceedAsync(0, "reconcile", "--source", "archive", "--archive", archive, "--data", _data);
        Assert.Contains($"{Clicks:N0} clicks replayed", output, StringComparison.Ordinal);
        Assert.Contains("Reports compared", output, StringComparison.Ordinal);
        Assert.Contains("Equal.", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_data, "archive-copy-*"));
    }

    /// <summary>An archive by itself, with neither log nor process; then one that contradicts nothing but the rules.</summary>
    private async Task AssertForgedAsync()
    {
        var archive = Path.Combine(_copies, "whole");
        string[] alone = ["reconcile", "--source", "archive", "--archive", archive, "--data", Path.Combine(_copies, "nothing")];
        var equal = await SucceedAsync(0, alone);
        Assert.Contains($"{Clicks:N0} clicks replayed", equal, StringComparison.Ordinal);
        Assert.Contains("Equal.", equal, StringComparison.Ordinal);
        var advertiser = await ForgedArchive.BillDuplicateAsync(archive);
        var output = await SucceedAsync(1, alone);
        Assert.Matches($"ledger .*2015-05-17 10:00 .*{advertiser} .*duplicate:", output);
        Assert.DoesNotContain("year=2015", output, StringComparison.Ordinal);
        Assert.DoesNotContain("manifest", output, StringComparison.Ordinal);
        Assert.Contains("manifest", await SucceedAsync(1, "reconcile", "--source", "archive", "--archive", archive, "--data", _data), StringComparison.Ordinal);
    }

    /// <summary>One byte of a file.</summary>
    private async Task AssertArchiveAsync()
    {
        var archive = Path.Combine(_copies, "archive");
        Assert.Contains($"{Clicks:N0} clicks", await SucceedAsync(0, "archive", "--to", archive, "--data", _data), StringComparison.Ordinal);
        Assert.Contains("Nothing new", await SucceedAsync(0, "archive", "--to", archive, "--data", _data), StringComparison.Ordinal);
        Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--source", "archive", "--archive", archive, "--data", _data), StringComparison.Ordinal);
        Assert.Contains("duplicate:visitor", await SucceedAsync(0, "explain", "click-1", "--archive", archive, "--hour", "2015-05-17T10", "--data", _data), StringComparison.Ordinal);
        await SucceedAsync(1, "explain", "click-1", "--archive", archive, "--hour", "2015-05-17T11", "--data", _data);
        var file = Path.Combine(archive, "year=2015/month=05/day=17/hour=11");
        file = Assert.Single(Directory.GetFiles(file));
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var output = await SucceedAsync(1, "reconcile", "--source", "archive", "--archive", archive, "--data", _data);
        Assert.Contains("2015-05-17 11:00", output, StringComparison.Ordinal);
        Assert.Contains("acme", output, StringComparison.Ordinal);
        await AssertFooterAsync(archive);
    }

    /// <summary>One byte that nobody reads, asked for one advertiser.</summary>
    private async Task AssertFooterAsync(string archive)
    {
        var file = Assert.Single(Directory.GetFiles(Path.Combine(archive, "year=2015/month=05/day=17/hour=12")));
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("adclicks.after"u8)] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var output = await SucceedAsync(1, "reconcile", "--source", "archive", "--archive", archive, "--advertiser", "globex", "--data", _data);
        Assert.Matches("archive +2015-05-17 12:00 .*globex.*other bytes", output);
    }

    /// <summary>One digit of an entry.</summary>
    private async Task AssertLedgerAsync()
    {
        var output = await TamperAsync("ledger", (key, value) =>
        {
            var text = Encoding.Latin1.GetString(value);
            var at = text.Contains("hour-closed", StringComparison.Ordinal) ? text.IndexOf("\"billable\":", StringComparison.Ordinal) : -1;
            if (at < 0) return null;
            var changed = (byte[])value.Clone();
            at += "\"billable\":".Length;
            changed[at] = changed[at] == (byte)'9' ? (byte)'8' : (byte)(changed[at] + 1);
            return changed;
        });
        Assert.Contains("acme", output, StringComparison.Ordinal);
        Assert.Contains("2015-05-17 10:00", output, StringComparison.Ordinal);
        output = await TamperAsync("verdicts", (key, value) =>
        {
            var text = Encoding.Latin1.GetString(value);
            var at = text.IndexOf("\"counted\":", StringComparison.Ordinal);
            if (at < 0) return null;
            var changed = (byte[])value.Clone();
            at += "\"counted\":".Length;
            changed[at] = changed[at] == (byte)'9' ? (byte)'8' : (byte)(changed[at] + 1);
            return changed;
        });
        Assert.Matches("chain +2015-05-17 1[0-9]:00 .*acme.* hash ", output);
    }

    /// <summary>One event of the clicks.</summary>
    private async Task AssertDroppedAsync()
    {
        var output = await TamperAsync("dropped", (key, value) => Encoding.Latin1.GetString(value).Contains("clicks-recorded", StringComparison.Ordinal) ? [] : null);
        Assert.Contains("clicks-", output, StringComparison.Ordinal);
        Assert.Contains("2015-05-17 1", output, StringComparison.Ordinal);
    }

    /// <summary>Changes the first event that <paramref name="change"/> does (an empty one is removed) in a copy of the log, and reconciles it.</summary>
    private async Task<string> TamperAsync(string name, Func<byte[], byte[], byte[]?> change)
    {
        var copy = Path.Combine(_copies, name);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_data, "log"))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using (var db = RocksDb.Open(new DbOptions(), copy))
        using (var events = db.NewIterator())
        {
            for (events.Seek("e"u8.ToArray()); events.Valid(); events.Next())
            {
                if (change(events.Key(), events.Value()) is not { } changed) continue;
                if (changed.Length == 0) db.Remove(events.Key());
                else db.Put(events.Key(), changed);
                break;
            }
        }

        return await SucceedAsync(1, "reconcile", "--log", copy, "--ledger-only", "--data", _data);
    }

    private static async Task<string> SucceedAsync(int expected, params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
