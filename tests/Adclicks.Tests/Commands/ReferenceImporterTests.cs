using System.Globalization;
using Adclicks.Commands;
using Adclicks.Domain.Reference;
using Adclicks.Ingestion.Tests.Reference;
using Adclicks.Tests.Support;

namespace Adclicks.Tests.Commands;

public sealed class ReferenceImporterTests
{
    private const string File = """
        kind,id,name,allowed_redirect_hosts,advertiser_id,campaign_id,target_url,range,pattern,max_clicks,window_seconds,per
        advertiser,v,"Acme, Inc.",acme.test shop.acme.test,,,,,,,,
        campaign,c,Spring,,v,,,,,,,
        ad,a/1,Banner,,,c,https://acme.test/,,,,,
        publisher,p,News,,,,,,,,,
        blocked_ip_range,r1,,,,,,192.0.2.0/24,,,,
        bad_user_agent,r2,,,,,,,"curl|wget",,,
        velocity,r3,,,,,,,,5,60,ip
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_is_defined_once()
    {
        await using var server = await ReferenceServer.StartAsync();
        var (first, _) = await ImportAsync(server, File);
        Assert.Equal((7, 0, 0, 0), (first.Created, first.Changed, first.Unchanged, first.Rejected));
        var (second, _) = await ImportAsync(server, File.Replace("News", "Views", StringComparison.Ordinal));
        Assert.Equal((0, 1, 6, 0), (second.Created, second.Changed, second.Unchanged, second.Rejected));
        var view = server.Feed.History.Current;
        Assert.Equal(new Ad("a/1", "c", "Banner", "https://acme.test/"), view.Find(ReferenceKind.Ad, "a/1"));
        Assert.Equal(new VelocityLimit("r3", 5, 60, VelocityScope.Ip), view.Find(ReferenceKind.Rule, "r3"));
        Assert.Equal(["acme.test", "shop.acme.test"], ((Advertiser)view.Find(ReferenceKind.Advertiser, "v")!).AllowedRedirectHosts);
        Assert.Equal(new Publisher("p", "Views"), view.Find(ReferenceKind.Publisher, "p"));
    }

    [Fact]
    public async Task What_is_refused_is_named_and_the_rest_goes_on()
    {
        await using var server = await ReferenceServer.StartAsync();
        var (summary, errors) = await ImportAsync(server, """
            kind,id,name,campaign_id,max_clicks
            ad,a,,nowhere,
            unicorn,u,,,
            publisher,,no id,,
            velocity,r,,,many
            publisher,p,,,
            """);
        Assert.Equal((1, 4), (summary.Created, summary.Rejected));
        Assert.Contains("Row 1 (a): campaign_id must be the id of an existing campaign", errors, StringComparison.Ordinal);
        Assert.Contains("Row 2 (u): kind must be one of", errors, StringComparison.Ordinal);
        Assert.Contains("Row 3 (): id must be given", errors, StringComparison.Ordinal);
        Assert.Contains("Row 4 (r): max_clicks", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_more_or_fewer_cells_than_columns_is_refused()
    {
        await using var server = await ReferenceServer.StartAsync();
        await server.DefineAsync("/reference/advertisers/v", "{}");
        await server.DefineAsync("/reference/campaigns/c", """{"advertiser_id":"v"}""");
        var (summary, errors) = await ImportAsync(server, """
            kind,id,campaign_id,target_url
            ad,comma,c,https://acme.test/?a=1,2&b=3
            ad,short,c
            ad,quoted,c,"https://acme.test/?a=1,2&b=3"
            """);
        Assert.Equal((1, 2), (summary.Created, summary.Rejected));
        Assert.Contains("Row 1 (comma): 5 cells under 4 columns", errors, StringComparison.Ordinal);
        Assert.Contains("Row 2 (short): 3 cells under 4 columns", errors, StringComparison.Ordinal);
        var view = server.Feed.History.Current;
        Assert.Null(view.Find(ReferenceKind.Ad, "comma"));
        Assert.Equal(new Ad("quoted", "c", "", "https://acme.test/?a=1,2&b=3"), view.Find(ReferenceKind.Ad, "quoted"));
    }

    [Fact]
    public async Task Blank_lines_are_no_rows()
    {
        await using var server = await ReferenceServer.StartAsync();
        var (summary, errors) = await ImportAsync(server, "kind,id,name\n\npublisher,p,News\n\r\npublisher,q,Views\n\n\n");
        Assert.Equal((2, 0, ""), (summary.Created, summary.Rejected, errors));
    }

    [Fact]
    public async Task Of_two_rows_about_one_item_the_second_is_refused()
    {
        await using var server = await ReferenceServer.StartAsync();
        const string Twice = "kind,id,name,pattern,range\npublisher,p,one,,\npublisher,p,two,,\nbad_user_agent,r,,curl,\nblocked_ip_range,r,,,192.0.2.0/24\nadvertiser,p,,,\n";
        var (first, errors) = await ImportAsync(server, Twice);
        Assert.Equal((3, 2), (first.Created, first.Rejected));
        Assert.Contains("Row 2 (p): row 1 is about the same item", errors, StringComparison.Ordinal);
        Assert.Contains("Row 4 (r): row 3 is about the same item", errors, StringComparison.Ordinal);
        var (again, _) = await ImportAsync(server, Twice);
        Assert.Equal((0, 0, 3, 2), (again.Created, again.Changed, again.Unchanged, again.Rejected));
    }

    [Fact]
    public async Task A_field_without_a_column_stays_as_it_is_and_an_empty_cell_empties_it()
    {
        await using var server = await ReferenceServer.StartAsync();
        await ImportAsync(server, File);
        var (summary, errors) = await ImportAsync(server, """
            kind,id,allowed_redirect_hosts,target_url,max_clicks
            advertiser,v,acme.test,,
            ad,a/1,,,
            publisher,p,,,
            publisher,new,,,
            velocity,r3,,,7
            """);
        Assert.Equal("", errors);
        Assert.Equal((1, 3, 1, 0), (summary.Created, summary.Changed, summary.Unchanged, summary.Rejected));
        var view = server.Feed.History.Current;
        var advertiser = (Advertiser)view.Find(ReferenceKind.Advertiser, "v")!;
        Assert.Equal(("Acme, Inc.", "acme.test"), (advertiser.Name, Assert.Single(advertiser.AllowedRedirectHosts)));
        Assert.Equal(new Ad("a/1", "c", "Banner", ""), view.Find(ReferenceKind.Ad, "a/1"));
        Assert.Equal(new VelocityLimit("r3", 7, 60, VelocityScope.Ip), view.Find(ReferenceKind.Rule, "r3"));
    }

    [Fact]
    public async Task It_waits_for_a_log_that_is_away()
    {
        await using var log = new MemoryEventLog();
        await using var server = await ReferenceServer.StartAsync(log);
        var attempts = 0;
        log.IsDown = true;
        log.BeforeAppend = _ =>
        {
            if (++attempts == 3) log.IsDown = false;
            return Task.CompletedTask;
        };
        var (summary, _) = await ImportAsync(server, "kind,id\npublisher,p\n");
        Assert.Equal((1, 3), (summary.Created, attempts));
    }

    [Fact]
    public async Task Without_a_header_or_a_good_key_it_cannot_be_done()
    {
        await using var server = await ReferenceServer.StartAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(server, "publisher,p\n"));
        await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(server, "kind,id,name,name\npublisher,p,one,two\n"));
        server.Client.DefaultRequestHeaders.Remove("X-Role");
        await Assert.ThrowsAsync<InvalidDataException>(() => ImportAsync(server, File));
    }

    private static async Task<(ReferenceImportSummary Summary, string Errors)> ImportAsync(ReferenceServer server, string csv)
    {
        using var text = new StringReader(csv);
        await using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var summary = await new ReferenceImporter(server.Client, TimeProvider.System, errors).ImportAsync(text, Token);
        return (summary, errors.ToString());
    }
}
