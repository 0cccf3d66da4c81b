using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Adclicks.EventStore.Sharding;

/// <summary>
/// Several logs as one: the click streams are spread over them by partition, all others are at home. Nothing is read
/// or written before the map was compared with the recorded one. Owns its logs.
/// </summary>
/// <param name="home">Has <c>reference</c>, <c>billing</c> and <c>rejected-clicks</c>; may be one of the shards.</param>
/// <param name="map">Which shard has which partition; null for none, when all is at home.</param>
/// <param name="shards">The shards by name.</param>
public sealed class ShardedEventLog(IEventLog home, ShardMap? map, IReadOnlyDictionary<string, IEventLog> shards) : IEventLog
{
    private const int MaxRemembered = 16_384;

    private readonly SemaphoreSlim _checking = new(1);
    private readonly ConcurrentDictionary<Guid, AppendResult> _storedUntold = new();
    private volatile bool _isChecked;

    /// <summary>Throws <see cref="ShardMapException"/> when the map contradicts the recorded one. All members do so first.</summary>
    public async ValueTask CheckMapAsync(CancellationToken cancellationToken = default)
    {
        if (_isChecked)
            return;
        await _checking.WaitAsync(cancellationToken);
        try
        {
            if (!_isChecked)
                await ShardGuard.CheckAsync(home, map, shards, cancellationToken);
            _isChecked = true;
        }
        finally
        {
            _checking.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        if (appends.Count == 1 && _storedUntold.IsEmpty)
            return await Of(appends[0].Stream).AppendAsync(appends, cancellationToken);

        var results = new AppendResult?[appends.Count];
        var all = Task.WhenAll(Enumerable.Range(0, appends.Count)
            .GroupBy(i => Of(appends[i].Stream))
            .Select(group => AppendAsync(group.Key, [.. group], appends, results, cancellationToken)));
        try
        {
            await all;
        }
        catch (Exception e)
        {
            throw PartialAppend.Failure(all, e, RememberStored(appends, results));
        }

        return [.. results.Select(r => r!.Value)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream,
        ReadDirection direction,
        long from,
        long maxCount = long.MaxValue,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        await foreach (var e in Of(stream).ReadAsync(stream, direction, from, maxCount, cancellationToken))
            yield return e;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(
        string stream, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        await foreach (var message in Of(stream).SubscribeAsync(stream, afterRevision, cancellationToken))
            yield return message;
    }

    /// <inheritdoc/>
    public async ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        return await Of(stream).GetLastRevisionAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        return await Of(stream).GetMetadataAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        await Of(stream).SetMetadataAsync(stream, metadata, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        await CheckMapAsync(cancellationToken);
        await Task.WhenAll(shards.Values.Append(home).Distinct().Select(log => log.CheckHealthAsync(cancellationToken).AsTask()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var log in shards.Values.Append(home).Distinct())
            await log.DisposeAsync();
        _checking.Dispose();
    }

    private IEventLog Of(string stream) => map?.Of(stream) is { } shard ? shards[shard] : home;

    private async Task AppendAsync(
        IEventLog log, int[] indices, IReadOnlyList<StreamAppend> appends, AppendResult?[] results, CancellationToken cancellationToken)
    {
        // Stored the last time, when another shard failed and the caller was told nothing.
        foreach (var i in indices)
        {
            if (_storedUntold.TryRemove(appends[i].Events[0].Id, out var stored))
                results[i] = stored;
        }

        int[] open = [.. indices.Where(i => results[i] is null)];
        if (open.Length == 0)
            return;
        var answers = await log.AppendAsync([.. open.Select(i => appends[i])], cancellationToken);
        for (var i = 0; i < open.Length; i++)
            results[open[i]] = answers[i];
    }

    private bool RememberStored(IReadOnlyList<StreamAppend> appends, AppendResult?[] results)
    {
        var some = false;
        if (_storedUntold.Count > MaxRemembered)
            _storedUntold.Clear();
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is not { Succeeded: true } stored)
                continue;
            some = true;
            _storedUntold[appends[i].Events[0].Id] = stored;
        }

        return some;
    }
}
