namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// The keys of personal data. A day is that of receipt, in days since the Unix epoch (UTC). Whatever changes keys is durable when it
/// returns, and every process on the same keys sees it within <see cref="PrivacyOptions.RefreshMs"/>.
/// </summary>
public interface IKeyStore
{
    /// <summary>The key of visitor and address hashes, 32 bytes.</summary>
    /// <exception cref="KeyStoreException">It cannot be had.</exception>
    byte[] VisitorKey { get; }

    /// <summary>
    /// The key that seals what is received on a day, made when first asked for. Null while it cannot be had, which is tried once a second:
    /// a click is recorded all the same, without its sealed copy.
    /// </summary>
    DayKey? SealingKey(uint day);

    /// <summary>Whether <see cref="SealingKey"/> has it in memory: else a file is read, and perhaps a vault asked, while the caller waits.</summary>
    bool HasSealingKey(uint day);

    /// <summary>
    /// The key to open what was sealed on a day; null where it was shredded. What another process did to it counts: where keys are kept is
    /// looked at each time.
    /// </summary>
    /// <exception cref="KeyStoreException">It cannot be had.</exception>
    DayKey? Find(uint day);

    /// <summary>The days that have keys, the oldest first.</summary>
    IReadOnlyList<uint> Days();

    /// <summary>Destroys the key of a day. False where there is none.</summary>
    bool Shred(uint day);

    /// <summary>Takes from every day's key what opens, or could seal, copies of a visitor. The days that had it, the oldest first.</summary>
    /// <param name="visitorHash">As clicks have it.</param>
    /// <exception cref="KeyStoreException">A key cannot be had; days before it are done.</exception>
    IReadOnlyList<uint> Erase(ReadOnlySpan<byte> visitorHash);

    /// <summary>
    /// Wraps all keys anew under the current master key; where that is in a file, under a new one, and the old is destroyed. The number of
    /// keys.
    /// </summary>
    /// <exception cref="KeyStoreException">A key cannot be had. Run again, it goes on.</exception>
    int RotateMaster();

    /// <summary>Wraps keys of before keys were wrapped, and finishes what was interrupted.</summary>
    /// <exception cref="KeyStoreException">A key cannot be had.</exception>
    void Repair();

    /// <summary>Makes the key ready that seals a day.</summary>
    /// <exception cref="KeyStoreException">It cannot be had.</exception>
    void Prepare(uint day);

    /// <summary>Lets go of keys in memory that are no longer what is kept, or of days before yesterday.</summary>
    /// <param name="day">Today.</param>
    void Refresh(uint day);
}

/// <summary>A key cannot be had: the master key is not there or the wrong one, a file is damaged, or a vault does not answer.</summary>
public sealed class KeyStoreException(string message, Exception? cause = null) : IOException(message, cause);
