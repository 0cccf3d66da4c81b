namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// The master keys there are: a command's, those of the settings, and those of the file. The first kind that is configured wraps; all of
/// them unwrap, so that one can take the place of another. The file is read each time: other processes may have rotated it.
/// </summary>
internal sealed class MasterKeys(PrivacyOptions options, string file)
{
    /// <summary>The one that wraps. In a file it is made when first asked for.</summary>
    /// <exception cref="KeyStoreException">It cannot be had.</exception>
    public IMasterKey Current() =>
        Command() ?? (IMasterKey?)Configured(options.MasterKey, "Privacy:MasterKey") ?? InFile().LastOrDefault() ?? Make();

    /// <summary>The one that wrapped something.</summary>
    /// <exception cref="KeyStoreException">It is not there.</exception>
    public IMasterKey Find(string id)
    {
        var previous = options.PreviousMasterKeys.Select(key => Configured(key, "Privacy:PreviousMasterKeys")!);
        IEnumerable<IMasterKey?> all = [Command(), Configured(options.MasterKey, "Privacy:MasterKey"), .. previous, .. InFile()];
        return all.FirstOrDefault(key => key?.Id == id)
            ?? throw new KeyStoreException($"The master key {id} is not there: neither in {file} nor in Privacy:MasterKey, Privacy:PreviousMasterKeys or Privacy:MasterKeyCommand.");
    }

    /// <summary>Puts a new key into the file, if keys are wrapped by one of the file: it wraps from now on, those before it unwrap.</summary>
    public void AddToFile()
    {
        if (Current() is LocalMasterKey current && InFile().Any(key => key.Id == current.Id) && SecretFile.Read(file) is { } text)
            SecretFile.Replace(file, $"{text.TrimEnd()}\n{NewKey()}\n");
    }

    /// <summary>Destroys the keys of the file that no longer wrap: all of them where its last is not <see cref="Current"/>.</summary>
    public void RemoveOthersFromFile()
    {
        if (SecretFile.Read(file) is not { } text) return;
        if (InFile().LastOrDefault()?.Id != Current().Id) SecretFile.Destroy(file);
        else SecretFile.Replace(file, text.TrimEnd()[(text.TrimEnd().LastIndexOf('\n') + 1)..] + "\n");
    }

    private CommandMasterKey? Command() =>
        options.MasterKeyCommand is { Length: > 0 } command ? new CommandMasterKey(command, TimeSpan.FromMilliseconds(options.MasterKeyTimeoutMs)) : null;

    private static LocalMasterKey? Configured(string? key, string setting) => key is { Length: > 0 } ? new LocalMasterKey(SecretFile.Parse(key, setting)) : null;

    private LocalMasterKey[] InFile() =>
        [.. (SecretFile.Read(file) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new LocalMasterKey(SecretFile.Parse(line, file)))];

    private LocalMasterKey Make()
    {
        SecretFile.TryCreate(file, NewKey() + "\n");
        return InFile()[^1];
    }

    private static string NewKey() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(SecretFile.KeyBytes));
}
