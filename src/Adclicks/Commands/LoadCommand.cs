using System.CommandLine;
using Adclicks.Domain.Access;
using Adclicks.Import;
using Adclicks.Load;

namespace Adclicks.Commands;

/// <summary><c>adclicks load</c>: sends made-up clicks through the HTTP API, to see something or to put it under load.</summary>
internal static class LoadCommand
{
    private const int Complete = 0, NotFinished = 2;
    private const int MaxDays = 366;
    private const double MaxRate = 1_000_000;
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var clicks = new Option<long>("--clicks") { Description = "How many", DefaultValueFactory = _ => 20_000 };
        var days = new Option<int>("--days") { Description = $"Over how many days up to now, 0 to {MaxDays}; 0: each when it is sent", DefaultValueFactory = _ => 7 };
        var rate = new Option<double>("--rate") { Description = "Clicks per second at most", DefaultValueFactory = _ => MaxRate };
        var seed = new Option<uint>("--seed") { Description = "Which clicks", DefaultValueFactory = _ => 1 };
        var (url, key, data) = (CommonOptions.Url(), CommonOptions.Key(Roles.Ingest), CommonOptions.Data());
        Bound(clicks, 1, 1_000_000_000);
        Bound(days, 0, MaxDays);
        Bound(rate, 0.1, MaxRate);
        var command = new Command("load", "Sends made-up clicks: for a first look, or to put it under load. They are counted like any other") { clicks, days, rate, seed, url, key, data };
        command.SetAction((parsed, cancellationToken) => LoadAsync(
            new SampleClicks(parsed.GetValue(clicks), parsed.GetValue(days), parsed.GetValue(seed), TimeProvider.System),
            parsed.GetValue(rate),
            () => CommonOptions.ClientFor(parsed.GetRequiredValue(data), parsed.GetValue(url), parsed.GetValue(key), Roles.Ingest),
            cancellationToken));
        return command;
    }

    private static void Bound<T>(Option<T> option, T least, T most)
        where T : IComparable<T> => option.Validators.Add(given =>
        {
            var value = given.GetValueOrDefault<T>()!;
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) given.AddError($"{option.Name} must be {least} to {most}.");
        });

    private static async Task<int> LoadAsync(SampleClicks clicks, double rate, Func<HttpClient> connect, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var summary = new ImportSummary(null);
        try
        {
            using var client = connect();
            var loader = new Loader(clicks, new BatchSender(client, time, RetryFor), rate, time);
            await ImportProgress.ShowAsync("clicks", clicks.Count, summary, time, progress => loader.RunAsync(summary, progress, cancellationToken));
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            await Console.Out.WriteLineAsync($"{summary.Accepted:N0} accepted, {summary.Rejected:N0} rejected, in {seconds:F1} s ({summary.Accepted / seconds:N0} clicks/s)");
            foreach (var (click, reason) in summary.Shown) await Console.Out.WriteLineAsync($"  click {click}: {reason}");
            return summary.Rejected == 0 ? Complete : NotFinished;
        }
        catch (Exception e) when (e is ImportException or IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"adclicks: {e.Message} {summary.Accepted:N0} clicks were accepted.");
            return NotFinished;
        }
    }
}
