namespace Adclicks.Projections.Archive.Stores;

/// <summary>
/// Where an archive is kept: objects of bytes by name, with <c>/</c> between the parts of a name. What was written is durable when the call
/// returns, and whole or not there at all. All members may be called from many threads.
/// </summary>
public interface IArchiveStore : IDisposable
{
    /// <summary>Where it is, for messages.</summary>
    string Location { get; }

    /// <summary>The bytes of an object; null where there is none.</summary>
    Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes an object, in place of one of that name.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Writes an object, unless there is one of that name already: then false. Of several writers one gets true.</summary>
    Task<bool> TryCreateAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The names that begin so, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);
}
