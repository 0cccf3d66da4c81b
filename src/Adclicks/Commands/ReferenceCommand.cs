using System.CommandLine;

namespace Adclicks.Commands;

/// <summary><c>adclicks reference import FILE.csv</c></summary>
internal static class ReferenceCommand
{
    private const int CouldNotFinish = 2;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "CSV with a header: kind (advertiser, campaign, ad, publisher, or a kind of rule), id, and the item's fields; "
                + "parents before children; several allowed_redirect_hosts with spaces between",
        };
        var url = new Option<Uri>("--url") { Description = "Where the server is", DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080") };
        var key = new Option<string>("--key") { Description = "An admin key; else from ADCLICKS_KEY" };
        var import = new Command("import", "Defines every item of a file; unchanged ones are left alone, none is removed") { file, url, key };
        import.SetAction((parsed, cancellationToken) => ImportAsync(
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(url),
            parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("ADCLICKS_KEY") ?? "",
            cancellationToken));
        return new Command("reference", "Advertisers, campaigns, ads, publishers and invalid-traffic rules") { import };
    }

    private static async Task<int> ImportAsync(FileInfo file, Uri url, string key, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = url };
        if (key.Length != 0) client.DefaultRequestHeaders.Add("X-Api-Key", key);
        try
        {
            using var text = file.OpenText();
            var importer = new ReferenceImporter(client, TimeProvider.System, Console.Error);
            var summary = await importer.ImportAsync(text, cancellationToken);
            Console.Out.WriteLine(summary);
            return summary.Rejected == 0 ? 0 : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"The import could not be finished: {e.Message}");
            return CouldNotFinish;
        }
    }
}
