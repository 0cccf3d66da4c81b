using System.ComponentModel;
using System.Diagnostics;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// A master key that a command has, such as one that asks a vault: <c>COMMAND wrap NAME</c> gets 32 bytes in Base64 on its standard input and
/// writes any one word; <c>COMMAND unwrap NAME</c> gets that word and writes the Base64. It ends with exit code 0 in time, else there is no key.
/// </summary>
/// <param name="command">Program and arguments with spaces between them; no shell has a part in it.</param>
/// <param name="timeout">How long it may take.</param>
internal sealed class CommandMasterKey(string command, TimeSpan timeout) : IMasterKey
{
    /// <summary>The id of whatever key the command has: it knows which one by what it wrote.</summary>
    public const string CommandId = "command";

    private const int MaxOutputChars = 16_384, MaxErrorChars = 500;

    /// <inheritdoc/>
    public string Id => CommandId;

    /// <inheritdoc/>
    public string Wrap(byte[] key, string name)
    {
        var wrapped = Run("wrap", name, Convert.ToBase64String(key));
        return wrapped.Length > 0 && wrapped.All(c => c is > ' ' and <= '~') ? wrapped : throw Failed("wrap", "it has to write one word of printable ASCII");
    }

    /// <inheritdoc/>
    public byte[] Unwrap(string wrapped, string name) => SecretFile.Parse(Run("unwrap", name, wrapped), $"What {command} unwrap {name} writes");

    private string Run(string verb, string name, string input)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in words.Skip(1).Append(verb).Append(name)) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            return Talk(process, verb, input);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw Failed(verb, e.Message);
        }
    }

    private string Talk(Process process, string verb, string input)
    {
        using var stop = new CancellationTokenSource(timeout);
        var output = ReadAsync(process.StandardOutput, MaxOutputChars, stop.Token);
        var errors = ReadAsync(process.StandardError, MaxErrorChars, stop.Token);
        try
        {
            process.StandardInput.WriteLine(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to hear it; its exit code tells.
        }

        try
        {
            var text = output.GetAwaiter().GetResult();
            if (text.Length == MaxOutputChars) throw Failed(verb, $"it writes more than {MaxOutputChars} characters");
            process.WaitForExitAsync(stop.Token).GetAwaiter().GetResult();
            return process.ExitCode == 0 ? text.Trim() : throw Failed(verb, $"exit code {process.ExitCode}, {errors.GetAwaiter().GetResult().Trim()}");
        }
        catch (OperationCanceledException)
        {
            throw Failed(verb, $"no answer within {timeout.TotalSeconds:0.###} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>At most so many characters; what comes after them is left unread.</summary>
    private static async Task<string> ReadAsync(StreamReader from, int most, CancellationToken cancellationToken)
    {
        var text = new char[most];
        var length = 0;
        while (length < most && await from.ReadAsync(text.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        return new string(text, 0, length);
    }

    private KeyStoreException Failed(string verb, string reason) => new($"Privacy:MasterKeyCommand ({command} {verb}) fails: {reason}.");
}
