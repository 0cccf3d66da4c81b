using System.Runtime.InteropServices;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>Opens the database with settings for an append-only log and bounded memory.</summary>
internal static class EmbeddedDatabase
{
    private const ulong MaxWalBytes = 256 << 20;

    /// <summary>Journals that are written over in place of new ones: a file that does not grow is flushed without its inode, on most file systems.</summary>
    private const ulong RecycledWals = 2;

    /// <summary>
    /// So many files of a size are merged into one. Events are only ever added, so there is nothing to be gained by merging them more
    /// often: an event is written again once for each eightfold of the log, where levels write it again up to ten times for each.
    /// </summary>
    private const int FilesPerMerge = 8;

    /// <summary>
    /// So much of a file is handed to the disk as it is written. Else the system hands over all of it at once, tens of megabytes that a
    /// commit then waits behind.
    /// </summary>
    private const ulong BytesPerSync = 1 << 20;

    /// <summary>What comes from memory is merged soon, and compressed then.</summary>
    private static readonly Compression[] _compressionPerLevel = [Compression.No, .. Enumerable.Repeat(Compression.Lz4, 6)];

    /// <summary>To be written with a journal: what a write returned from is durable. It can be opened again, with the same memory for blocks.</summary>
    /// <exception cref="EventLogUnavailableException">In use by another process, or not to be opened.</exception>
    public static LogDatabase Open(string directory, EmbeddedLogOptions options)
    {
        var settings = Settings(options).SetRecycleLogFileNum(RecycledWals);
        return new(directory, () => Open(directory, settings));
    }

    /// <summary>To be written without a journal: nothing is durable before a flush.</summary>
    /// <exception cref="EventLogUnavailableException">In use by another process, or not to be opened.</exception>
    public static RocksDb OpenWithoutJournal(string directory, EmbeddedLogOptions options) => Open(directory, Settings(options));

    /// <summary>As it was when opened; nothing is written.</summary>
    /// <exception cref="EventLogUnavailableException">There is no log.</exception>
    public static LogDatabase OpenReadOnly(string directory, EmbeddedLogOptions options) => new(directory, () => ReadOnly(directory, options));

    private static RocksDb ReadOnly(string directory, EmbeddedLogOptions options)
    {
        try
        {
            // All files are opened at once: whoever writes the log may remove some at any time.
            return RocksDb.OpenReadOnly(Settings(options).SetMaxOpenFiles(-1), directory, false);
        }
        catch (RocksDbException e)
        {
            throw new EventLogUnavailableException($"There is no log to read in {directory}: {e.Message}", e);
        }
    }

    private static RocksDb Open(string directory, DbOptions settings)
    {
        Directory.CreateDirectory(directory);
        try
        {
            return RocksDb.Open(settings.SetCreateIfMissing(true), directory);
        }
        catch (RocksDbException e) when (e.Message.Contains("lock", StringComparison.OrdinalIgnoreCase))
        {
            throw new EventLogUnavailableException($"The log in {directory} is in use by another process.", e);
        }
        catch (RocksDbException e)
        {
            throw new EventLogUnavailableException($"The log in {directory} cannot be opened: {e.Message}", e);
        }
    }

    private static DbOptions Settings(EmbeddedLogOptions options)
    {
        var table = new BlockBasedTableOptions().SetBlockSize(32 * 1024).SetBlockCache(Cache.CreateLru((ulong)options.BlockCacheBytes));
        var settings = new DbOptions();
        RememberEnds(settings);
        settings.SetBlockBasedTableFactory(table)
            .SetWriteBufferSize((ulong)options.WriteBufferBytes)
            .SetMaxWriteBufferNumber(3)
            .SetCompression(Compression.Lz4)
            .SetCompressionPerLevel(_compressionPerLevel, (ulong)_compressionPerLevel.Length)
            .SetCompactionStyle(Compaction.Universal)
            .SetUniversalCompactionOptions(MergesBySize())
            .SetLevel0FileNumCompactionTrigger(FilesPerMerge);
        return settings
            .SetMaxTotalWalSize(MaxWalBytes)
            .SetBytesPerSync(BytesPerSync)
            .SetMaxOpenFiles(512)
            .SetKeepLogFileNum(3)
            .SetStatsDumpPeriodSec(0)
            // A torn tail is what was never acknowledged; everything before it is kept.
            .SetWalRecoveryMode(Recovery.PointInTime);
    }

    /// <summary>
    /// An event is put behind the last one of its stream: the table in memory remembers where that was, for each beginning of
    /// a key as long as that of a stream, and does not look for it from the top.
    /// </summary>
    private static void RememberEnds(DbOptions settings)
    {
        var text = Marshal.StringToHGlobalAnsi($"memtable_insert_with_hint_prefix_extractor=fixed:{LogKeys.EventPrefixSize}");
        Native.Instance.rocksdb_get_options_from_string(settings.Handle, text, settings.Handle, out var error);
        Marshal.FreeHGlobal(text);
        if (error != 0) throw new RocksDbException(error);
    }

    /// <summary>Never all at once: nothing is ever overwritten, so that would give no room back.</summary>
    private static nint MergesBySize()
    {
        var options = Native.Instance.rocksdb_universal_compaction_options_create();
        Native.Instance.rocksdb_universal_compaction_options_set_min_merge_width(options, FilesPerMerge);
        Native.Instance.rocksdb_universal_compaction_options_set_max_size_amplification_percent(options, int.MaxValue);
        return options;
    }
}
