using System.CommandLine;
using System.Globalization;
using System.Text;
using Adclicks.Admin;

namespace Adclicks.Commands;

/// <summary><c>adclicks deadletters …</c>: the events that projections have set aside.</summary>
internal static class DeadLettersCommand
{
    private const int Done = 0, NotDone = 1;
    private static readonly TimeSpan RetryLimit = TimeSpan.FromSeconds(30), Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var stream = new Argument<string>("STREAM") { Description = "Its stream, such as clicks-003" };
        var revision = new Argument<long>("REVISION") { Description = "Its place there" };
        var generation = new Option<int?>("--generation") { Description = "Of which generation (default: the active one)", HelpName = "N" };
        var take = new Option<int>("--take") { Description = "The most to show, the oldest first", DefaultValueFactory = _ => 100 };
        string PathOf(ParseResult p) => $"/admin/deadletters/{Uri.EscapeDataString(p.GetRequiredValue(stream))}/{p.GetValue(revision).ToString(CultureInfo.InvariantCulture)}";
        string Of(ParseResult p) => p.GetValue(generation) is { } g ? $"generation={g}" : "";
        return new Command("deadletters", "Shows and settles the events that could not be projected")
        {
            AdminCommand.Create("list", "Shows them. Exit code 1: there are some", (c, p, stop) => ListAsync(c, $"/admin/deadletters?take={p.GetValue(take)}&{Of(p)}", stop), take, generation),
            AdminCommand.Create("show", "Shows one with its metadata and its bytes", (c, p, stop) => ShowAsync(c, PathOf(p) + "?" + Of(p), stop), stream, revision, generation),
            AdminCommand.Create(
                "retry",
                "Projects one after all, as the latest event of its stream, and waits for the outcome. Exit code 1: it failed again",
                (c, p, stop) => RetryAsync(c, PathOf(p), "?" + Of(p), stop),
                stream,
                revision,
                generation),
            AdminCommand.Create("discard", "Gives one up; the event stays in the log", (c, p, stop) => DiscardAsync(c, PathOf(p) + "?" + Of(p), stop), stream, revision, generation),
        };
    }

    private static async Task<int> ListAsync(AdminClient client, string path, CancellationToken cancellationToken)
    {
        var letters = await client.GetAsync<List<DeadLetterReport>>(path, cancellationToken) ?? [];
        if (letters.Count == 0) Console.Out.WriteLine("There are no dead letters.");
        foreach (var l in letters)
            Console.Out.WriteLine($"{l.Stream} {l.Revision}  {l.FailedAt:yyyy-MM-ddTHH:mm:ssZ}  {l.EventType}  {l.Reason}{(l.RetryPending ? "  (retry pending)" : "")}");
        return letters.Count == 0 ? Done : NotDone;
    }

    private static async Task<int> ShowAsync(AdminClient client, string path, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<DeadLetterReport>(path, cancellationToken) is not { } letter) return None();
        Console.Out.WriteLine($"""
            event     {letter.Stream} {letter.Revision}, {letter.EventType}
            since     {letter.FailedAt:yyyy-MM-ddTHH:mm:ssZ}
            reason    {letter.Reason}
            metadata  {Encoding.UTF8.GetString(letter.Metadata ?? [])}
            data      {letter.Data?.Length ?? 0:N0} bytes
            """);
        foreach (var (index, line) in (letter.Data ?? []).Chunk(16).Index())
            Console.Out.WriteLine($"  {index * 16:x6}  {string.Join(' ', line.Select(b => b.ToString("x2", CultureInfo.InvariantCulture))),-47}  {string.Concat(line.Select(b => b is >= 0x20 and < 0x7F ? (char)b : '.'))}");
        return Done;
    }

    /// <summary>The owner of the lane tries at its next heartbeat.</summary>
    private static async Task<int> RetryAsync(AdminClient client, string path, string query, CancellationToken cancellationToken)
    {
        if (await client.GetAsync<DeadLetterReport>(path + query, cancellationToken) is not { } before) return None();
        if (!await client.PostAsync($"{path}/retry{query}", cancellationToken)) return None();
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < RetryLimit)
        {
            if (await client.GetAsync<DeadLetterReport>(path + query, cancellationToken) is not { } now)
            {
                Console.Out.WriteLine("It is projected.");
                return Done;
            }

            if (now.FailedAt > before.FailedAt)
            {
                await Console.Error.WriteLineAsync($"adclicks: it failed again: {now.Reason}");
                return NotDone;
            }

            await Task.Delay(Poll, cancellationToken);
        }

        await Console.Error.WriteLineAsync("adclicks: no projector has tried it yet; it stays marked to be tried.");
        return AdminCommand.CouldNotFinish;
    }

    private static async Task<int> DiscardAsync(AdminClient client, string path, CancellationToken cancellationToken)
    {
        if (!await client.DeleteAsync(path, cancellationToken)) return None();
        Console.Out.WriteLine("It is discarded.");
        return Done;
    }

    private static int None()
    {
        Console.Error.WriteLine("adclicks: there is no such dead letter.");
        return NotDone;
    }
}
