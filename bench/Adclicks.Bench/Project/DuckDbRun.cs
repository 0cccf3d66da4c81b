using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;

namespace Adclicks.Bench.Project;

/// <summary>
/// The clicks as rows of a table in memory, grouped by minute, ad and country by DuckDB, in a process of its own: node with the package
/// @duckdb/node-api, fetched by npm for the measurement.
/// </summary>
/// <param name="RowsPerSecond">Grouped.</param>
/// <param name="PeakBytes">Memory of that process.</param>
/// <param name="Counts">What the groups are.</param>
internal sealed record DuckDbRun(double RowsPerSecond, long PeakBytes, MinuteCounts Counts)
{
    private const string Package = "@duckdb/node-api";
    private static readonly TimeSpan _fetchLimit = TimeSpan.FromMinutes(5);

    /// <summary>Writes the rows to a file, which is not measured, and has them read and grouped.</summary>
    public static async Task<DuckDbRun> OfAsync(GeneratedClicks clicks, long count)
    {
        using var directory = new TemporaryDirectory();
        var (file, script) = (Path.Combine(directory.Path, "clicks.csv"), Path.Combine(directory.Path, "duckdb.mjs"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Project", "duckdb.mjs"), script);
        await using (var lines = new StreamWriter(file))
        {
            for (long i = 0; i < count; i++)
            {
                var click = clicks[i];
                await lines.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{click.ClickedAtMs},{click.AdId},{click.Country}"));
            }
        }

        await RunAsync(directory.Path, _fetchLimit, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", directory.Path, Package);
        var answer = await RunAsync(directory.Path, Patience.For(count), "node", script, file);
        long[] numbers = [.. answer.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        return new(numbers[0], numbers[1], new(numbers[2], numbers[3]));
    }

    private static async Task<string> RunAsync(string directory, TimeSpan limit, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{program} failed with exit code {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw new TimeoutException($"{program} was not done after {limit}.");
        }
    }
}
