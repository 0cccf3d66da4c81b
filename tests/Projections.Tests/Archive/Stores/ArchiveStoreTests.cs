using System.Text;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Tests.Archive.Stores;

/// <summary>What an archive asks of every store.</summary>
public abstract class ArchiveStoreContract
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_is_read_replaced_listed_and_created_once()
    {
        using var store = await OpenAsync();
        Assert.Null(await store.ReadAsync("year=2026/none.parquet", Token));
        Assert.Empty(await store.ListAsync("manifest/", Token));
        await store.WriteAsync("year=2026/month=11/a.parquet", Bytes("first"), Token);
        await store.WriteAsync("year=2026/month=11/a.parquet", Bytes("second"), Token);
        Assert.Equal(Bytes("second"), await store.ReadAsync("year=2026/month=11/a.parquet", Token));
        foreach (var i in new[] { 4, 0, 3, 1, 2 }) Assert.True(await store.TryCreateAsync($"manifest/{i}.jsonl", Bytes($"line {i}"), Token));
        Assert.False(await store.TryCreateAsync("manifest/3.jsonl", Bytes("another"), Token));
        Assert.Equal(Bytes("line 3"), await store.ReadAsync("manifest/3.jsonl", Token));
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"manifest/{i}.jsonl"), await store.ListAsync("manifest/", Token));
        Assert.Equal(["manifest/4.jsonl"], await store.ListAsync("manifest/4", Token));
        await store.WriteAsync("empty", Array.Empty<byte>(), Token);
        Assert.True(await store.ReadAsync("empty", Token) is { Length: 0 });
    }

    protected abstract Task<IArchiveStore> OpenAsync();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

public sealed class FolderStoreTests : ArchiveStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Drafts_of_a_writer_that_was_killed_go_and_those_of_one_that_lives_stay()
    {
        using var store = await OpenAsync();
        await store.WriteAsync("hour=10/a.parquet", new byte[] { 1 }, Token);
        var folder = Path.Combine(_folder, "archive", "hour=10");
        var (left, held) = (Path.Combine(folder, "b.parquet.1.new"), Path.Combine(folder, "c.parquet.2.new"));
        await File.WriteAllBytesAsync(left, [2], Token);
        await using (new FileStream(held, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            await store.WriteAsync("hour=10/b.parquet", new byte[] { 3 }, Token);
            Assert.Equal(["a.parquet", "b.parquet", "c.parquet.2.new"], Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        }

        Assert.True(await store.TryCreateAsync("hour=10/d.parquet", new byte[] { 4 }, Token));
        Assert.False(File.Exists(held));
    }

    [Fact]
    public async Task A_file_that_its_writer_has_not_let_go_of_is_read_when_it_has()
    {
        using var store = await OpenAsync();
        await store.WriteAsync("a.parquet", new byte[] { 1, 2 }, Token);
        Task<byte[]?> read;
        await using (new FileStream(Path.Combine(_folder, "archive", "a.parquet"), FileMode.Open, FileAccess.Write, FileShare.None))
        {
            read = store.ReadAsync("a.parquet", Token);
            Assert.False(read.IsCompleted);
        }

        Assert.Equal([1, 2], await read);
    }

    [Fact]
    public async Task Writers_of_one_folder_do_not_take_each_others_drafts()
    {
        using var store = await OpenAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, stop) => await store.WriteAsync($"events/{i}", new[] { (byte)i }, stop));
        Assert.Equal(400, Directory.GetFiles(Path.Combine(_folder, "archive", "events")).Length);
        Assert.Equal(400, (await store.ListAsync("events/", Token)).Count);
    }

    protected override Task<IArchiveStore> OpenAsync() => Task.FromResult<IArchiveStore>(new FolderStore(Path.Combine(_folder, "archive")));
}

public sealed class S3StoreTests : ArchiveStoreContract, IAsyncDisposable
{
    private S3Double? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
    }

    [Fact]
    public async Task A_moment_of_failure_is_tried_again_and_a_refusal_is_an_error_that_says_where()
    {
        using var store = await OpenAsync();
        _server!.Failures = 2;
        await store.WriteAsync("a", new byte[] { 1 }, Token);
        Assert.Equal(new byte[] { 1 }, await store.ReadAsync("a", Token));
        using var stranger = ArchiveStores.Open("s3://clicks/archive", new S3Options { Endpoint = _server.Url, AccessKey = "other", SecretKey = "secret", Retries = 0 });
        var refused = await Assert.ThrowsAsync<IOException>(() => stranger.ReadAsync("a", Token));
        Assert.Contains("s3://clicks/archive/", refused.Message, StringComparison.Ordinal);
    }

    protected override async Task<IArchiveStore> OpenAsync()
    {
        _server = await S3Double.StartAsync();
        return ArchiveStores.Open("s3://clicks/archive", new S3Options { Endpoint = _server.Url, AccessKey = "id", SecretKey = "secret" });
    }
}

/// <summary>A store that is somewhere: <c>ADCLICKS_TEST_S3</c> is its URL; the bucket <c>adclicks-test</c> is there, and credentials are in the environment.</summary>
public sealed class RealS3StoreTests : ArchiveStoreContract
{
    protected override Task<IArchiveStore> OpenAsync()
    {
        var endpoint = Environment.GetEnvironmentVariable("ADCLICKS_TEST_S3");
        Assert.SkipWhen(string.IsNullOrEmpty(endpoint), "ADCLICKS_TEST_S3 names no store");
        return Task.FromResult(ArchiveStores.Open($"s3://adclicks-test/{Guid.NewGuid():N}", new S3Options { Endpoint = endpoint }));
    }
}
