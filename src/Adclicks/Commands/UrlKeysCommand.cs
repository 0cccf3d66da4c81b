using System.CommandLine;
using Adclicks.Domain.Audit;
using Adclicks.EventStore;
using Adclicks.Ingestion.Redirects;

namespace Adclicks.Commands;

/// <summary><c>adclicks url-keys list|rotate|remove</c>: the keys of signed click URLs. A running server sees changes within a second.</summary>
internal static class UrlKeysCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var id = new Argument<string>("KID") { Description = "The key's id" };
        var list = new Command("list", "Shows the ids of the keys, the signing one last") { data };
        list.SetAction(parsed => List(PathOf(parsed, data)));
        var rotate = new Command("rotate", "Makes a new signing key; the others go on verifying") { data };
        rotate.SetAction((parsed, stop) => RecordedAsync(
            parsed.GetRequiredValue(data), AuditAction.UrlKeyRotated, "url key", () => Rotate(PathOf(parsed, data), TimeProvider.System), stop));
        var remove = new Command("remove", "Removes a key; what it signed is no longer good") { id, data };
        remove.SetAction((parsed, stop) => RecordedAsync(
            parsed.GetRequiredValue(data), AuditAction.UrlKeyRemoved, "url key " + parsed.GetRequiredValue(id), () => Remove(PathOf(parsed, data), parsed.GetRequiredValue(id)), stop));
        return new Command("url-keys", "Keys of signed click URLs") { list, rotate, remove };
    }

    /// <summary>The key that signs; made where there is none yet.</summary>
    internal static UrlKey SigningKey(string path, TimeProvider time)
    {
        var file = UrlKeyFile.Load(path);
        if (file.Keys.Count != 0) return file.Keys[^1];
        file = file.Rotate(time.GetUtcNow());
        file.Save(path);
        return file.Keys[^1];
    }

    /// <summary>Nothing is done that is not on the audit log first.</summary>
    private static async Task<int> RecordedAsync(DirectoryInfo data, AuditAction action, string target, Func<int> change, CancellationToken cancellationToken)
    {
        try
        {
            await CommandLineAudit.RecordAsync(data, action, target, cancellationToken);
        }
        catch (Exception e) when (e is EventLogUnavailableException or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync($"adclicks: nothing was done, for it cannot be recorded: {e.Message}");
            return AdminCommand.CouldNotFinish;
        }

        return change();
    }

    private static string PathOf(ParseResult parsed, Option<DirectoryInfo> data) => UrlKeyFile.PathIn(parsed.GetRequiredValue(data).FullName);

    private static int List(string path)
    {
        foreach (var key in UrlKeyFile.Load(path).Keys) Console.Out.WriteLine($"{key.Id}  {key.CreatedAt:u}");
        return 0;
    }

    private static int Rotate(string path, TimeProvider time)
    {
        var file = UrlKeyFile.Load(path).Rotate(time.GetUtcNow());
        file.Save(path);
        Console.Out.WriteLine(file.Keys[^1].Id);
        return 0;
    }

    private static int Remove(string path, string id)
    {
        var file = UrlKeyFile.Load(path);
        if (file.Keys.All(k => k.Id != id))
        {
            Console.Error.WriteLine($"There is no key {id}.");
            return 1;
        }

        file.Without(id).Save(path);
        return 0;
    }
}
