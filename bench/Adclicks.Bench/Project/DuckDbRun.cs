using System.Diagnostics;
using System.Globalization;
using Adclicks.Bench.Clicks;

namespace Adclicks.Bench.Project;

/// <summary>
/// The clicks as rows of a table in memory, grouped by minute, ad and country by DuckDB, in a process of its own: node with the package
/// @duckdb/node-api, fetched by npm for the measurement.
/// </summary>
internal static class DuckDbRun
{
    private const string Package = "@duckdb/node-api";

    /// <summary>Rows a second, and the groups there are.</summary>
    public static async Task<(double RowsPerSecond, long Groups)> OfAsync(GeneratedClicks clicks, long count)
    {
        using var directory = new TemporaryDirectory();
        var (file, script) = (Path.Combine(directory.Path, "clicks.csv"), Path.Combine(directory.Path, "duckdb.mjs"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Project", "duckdb.mjs"), script);
        await using (var lines = new StreamWriter(file))
        {
            for (long i = 0; i < count; i++) await lines.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{clicks[i].ClickedAtMs},{clicks[i].AdId},{clicks[i].Country}"));
        }

        await RunAsync(directory.Path, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", directory.Path, Package);
        var answer = (await RunAsync(directory.Path, "node", script, file)).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    private static async Task<string> RunAsync(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{program} failed with exit code {process.ExitCode}.");
    }
}
