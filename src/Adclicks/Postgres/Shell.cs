using System.Diagnostics;

namespace Adclicks.Postgres;

/// <summary>Starts programs.</summary>
internal static class Shell
{
    /// <summary>What a program writes to its standard output; empty where it cannot be started.</summary>
    public static string Read(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Trim();
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return "";
        }
    }

    /// <summary>
    /// Runs a script with <c>sh</c>, its arguments as <c>$1</c> and on. It runs in a session of its own, so that a Ctrl-C
    /// at the terminal reaches only us.
    /// </summary>
    public static Process Start(string script, params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("setsid", ["sh", "-c", script, "sh", .. arguments]) { WorkingDirectory = "/" };
        return Process.Start(info) ?? throw new InvalidOperationException("sh could not be started.");
    }
}
