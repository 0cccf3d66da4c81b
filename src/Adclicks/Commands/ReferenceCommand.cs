using System.CommandLine;
using Adclicks.Domain.Access;

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
        var data = CommonOptions.Data();
        var url = CommonOptions.Url();
        var key = CommonOptions.Key(Roles.Admin);
        var import = new Command("import", "Defines every item of a file; unchanged ones are left alone, none is removed") { file, url, key, data };
        import.SetAction((parsed, cancellationToken) => ImportAsync(
            parsed.GetRequiredValue(file),
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Admin),
            cancellationToken));
        return new Command("reference", "Advertisers, campaigns, ads, publishers and invalid-traffic rules") { import };
    }

    private static async Task<int> ImportAsync(FileInfo file, Func<HttpClient> connect, CancellationToken cancellationToken)
    {
        try
        {
            using var client = connect();
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
