using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>Keys in files, each wrapped by the master key. A key in memory counts only as long as its file says what it said.</summary>
internal sealed class FileKeyStore : IKeyStore
{
    private static readonly TimeSpan SealingWait = TimeSpan.FromMilliseconds(50), RetryPause = TimeSpan.FromSeconds(1);
    private readonly KeyFolder _folder;
    private readonly MasterKeys _masters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lazy<byte[]> _visitorKey;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (string Text, DayKey Key)> _days = [];
    private volatile DayKey? _sealing;
    private long _failedAt;

    /// <param name="folder">Where keys are.</param>
    /// <param name="masterKeyFile">Where the master key is, unless it is configured.</param>
    /// <param name="options">Where else it may be.</param>
    /// <param name="time">For pauses.</param>
    /// <param name="logger">Told of keys that cannot be had.</param>
    public FileKeyStore(string folder, string masterKeyFile, PrivacyOptions options, TimeProvider time, ILogger<FileKeyStore> logger)
    {
        (_folder, _masters, _time, _logger) = (new KeyFolder(folder), new MasterKeys(options, masterKeyFile), time, logger);
        _visitorKey = new(
            () => options.VisitorKey is { Length: > 0 } configured ? SecretFile.Parse(configured, "Privacy:VisitorKey") : LoadOrCreate(KeyFolder.Visitor).Tree.Root!,
            LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public byte[] VisitorKey => _visitorKey.Value;

    /// <inheritdoc/>
    public bool HasSealingKey(uint day) => _sealing?.Day == day;

    /// <inheritdoc/>
    public DayKey? SealingKey(uint day)
    {
        if (_sealing is { } key && key.Day == day) return key;
        // A vault that does not answer must not hold up clicks.
        if (!_gate.TryEnter(SealingWait)) return null;
        try
        {
            if (_failedAt != 0 && _time.GetElapsedTime(_failedAt) < RetryPause) return null;
            return _sealing = Make(day);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failedAt = _time.GetTimestamp();
            _logger.NoSealingKey(KeyFolder.NameOf(day), e.Message);
            return null;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    public void Prepare(uint day)
    {
        _ = VisitorKey;
        lock (_gate) Make(day);
    }

    /// <inheritdoc/>
    public DayKey? Find(uint day)
    {
        lock (_gate)
        {
            var text = SecretFile.Read(_folder.PathOf(KeyFolder.NameOf(day)));
            if (_days.TryGetValue(day, out var known) && known.Text == text) return known.Key;
            Forget(day);
            return text is null ? null : Remember(day, text, KeyFile.Read(text, _masters, KeyFolder.NameOf(day)));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<uint> Days() => _folder.Days();

    /// <inheritdoc/>
    public bool Shred(uint day)
    {
        bool isDone;
        using (_folder.Hold())
        {
            _folder.DestroyLeftovers();
            isDone = SecretFile.Destroy(_folder.PathOf(KeyFolder.NameOf(day)));
        }

        lock (_gate) Forget(day);
        return isDone;
    }

    /// <inheritdoc/>
    public IReadOnlyList<uint> Erase(ReadOnlySpan<byte> visitorHash)
    {
        var leaf = KeyTree.LeafOf(visitorHash);
        var erased = new List<uint>();
        using (_folder.Hold())
        {
            foreach (var day in _folder.Days())
            {
                var (name, path) = (KeyFolder.NameOf(day), _folder.PathOf(KeyFolder.NameOf(day)));
                if (SecretFile.Read(path) is not { } text || KeyFile.Read(text, _masters, name).Without(leaf) is not { } rest) continue;
                SecretFile.Replace(path, KeyFile.Write(rest, _masters.Current(), name));
                erased.Add(day);
            }
        }

        lock (_gate) erased.ForEach(Forget);
        return erased;
    }

    /// <inheritdoc/>
    public int RotateMaster()
    {
        using var held = _folder.Hold();
        _masters.AddToFile();
        var count = WrapAll(isNeeded: _ => true);
        _masters.RemoveOthersFromFile();
        return count;
    }

    /// <inheritdoc/>
    public void Refresh(uint day)
    {
        lock (_gate)
        {
            foreach (var (known, (text, _)) in _days.ToArray())
            {
                // Yesterday's still seals what was received before midnight.
                if (known + 1 < day || SecretFile.Read(_folder.PathOf(KeyFolder.NameOf(known))) != text) Forget(known);
            }
        }
    }

    /// <inheritdoc/>
    public void Repair()
    {
        using var held = _folder.Hold();
        _folder.DestroyLeftovers();
        WrapAll(KeyFile.IsUnwrapped);
    }

    private int WrapAll(Func<string, bool> isNeeded)
    {
        var count = 0;
        IMasterKey? master = null;
        foreach (var name in _folder.Names())
        {
            var path = _folder.PathOf(name);
            if (SecretFile.Read(path) is not { } text || !isNeeded(text)) continue;
            SecretFile.Replace(path, KeyFile.Rewrap(text, _masters, master ??= _masters.Current(), name));
            count++;
        }

        return count;
    }

    private DayKey Make(uint day)
    {
        if (_days.TryGetValue(day, out var known)) return known.Key;
        var (text, tree) = LoadOrCreate(KeyFolder.NameOf(day));
        return Remember(day, text, tree);
    }

    private DayKey Remember(uint day, string text, KeyTree tree)
    {
        var key = new DayKey(day, tree);
        _days[day] = (text, key);
        return key;
    }

    private void Forget(uint day)
    {
        if (_sealing?.Day == day) _sealing = null;
        if (_days.Remove(day, out var known)) known.Key.Drop();
    }

    private (string Text, KeyTree Tree) LoadOrCreate(string name)
    {
        var path = _folder.PathOf(name);
        if (SecretFile.Read(path) is null)
        {
            using var held = _folder.Hold();
            if (!File.Exists(path)) SecretFile.TryCreate(path, KeyFile.Write(KeyTree.Of(RandomNumberGenerator.GetBytes(SecretFile.KeyBytes)), _masters.Current(), name));
        }

        var text = SecretFile.Read(path) ?? throw new KeyStoreException($"{path} was removed while it was read.");
        return (text, KeyFile.Read(text, _masters, name));
    }
}
