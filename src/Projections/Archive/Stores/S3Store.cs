using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Adclicks.Projections.Archive.Stores;

/// <summary>An archive in a bucket of Amazon S3 or of a store that speaks its protocol.</summary>
public sealed class S3Store : IArchiveStore
{
    private const string DefaultRegion = "us-east-1";
    private readonly AmazonS3Client _client;
    private readonly string _bucket, _prefix;

    private S3Store(AmazonS3Client client, string bucket, string prefix) => (_client, _bucket, _prefix) = (client, bucket, prefix);

    /// <inheritdoc/>
    public string Location => $"s3://{_bucket}/{_prefix}";

    /// <summary>Opens <c>bucket/prefix</c>. Nothing is asked yet.</summary>
    /// <exception cref="FormatException">No bucket is named, or one key comes without the other.</exception>
    public static S3Store Open(string bucketAndPrefix, S3Options options)
    {
        var parts = bucketAndPrefix.Split('/', 2, StringSplitOptions.TrimEntries);
        if (parts[0].Length == 0) throw new FormatException("s3:// must be followed by BUCKET/PREFIX.");
        if ((options.AccessKey is null) != (options.SecretKey is null)) throw new FormatException("Archive:S3:AccessKey and Archive:S3:SecretKey go together.");
        var prefix = parts.Length == 1 || parts[1].Trim('/').Length == 0 ? "" : parts[1].Trim('/') + "/";
        var settings = Settings(options);
        var client = options.AccessKey is null ? new AmazonS3Client(settings) : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), settings);
        return new S3Store(client, parts[0], prefix);
    }

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken) => AskAsync<byte[]?>(async () =>
    {
        try
        {
            using var response = await _client.GetObjectAsync(_bucket, _prefix + name, cancellationToken);
            using var bytes = new MemoryStream();
            await response.ResponseStream.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => AskAsync(() => _client.PutObjectAsync(Put(name, bytes), cancellationToken));

    /// <inheritdoc/>
    public Task<bool> TryCreateAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        // Not every store knows the condition: those that ignore it are asked.
        if (await ReadAsync(name, cancellationToken) is { } there) return there.AsSpan().SequenceEqual(bytes.Span);
        var request = Put(name, bytes);
        request.IfNoneMatch = "*";
        try
        {
            await _client.PutObjectAsync(request, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            // Our own, where a try that was taken for failed had succeeded.
            return await ReadAsync(name, cancellationToken) is { } first && first.AsSpan().SequenceEqual(bytes.Span);
        }
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<string>>(async () =>
    {
        var names = new List<string>();
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + prefix };
        ListObjectsV2Response response;
        do
        {
            response = await _client.ListObjectsV2Async(request, cancellationToken);
            names.AddRange((response.S3Objects ?? []).Select(o => o.Key[_prefix.Length..]));
            request.ContinuationToken = response.NextContinuationToken;
        }
        while (response.IsTruncated == true);
        return [.. names.Order(StringComparer.Ordinal)];
    });

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static AmazonS3Config Settings(S3Options options)
    {
        var region = options.Region ?? Environment.GetEnvironmentVariable("AWS_REGION") ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION") ?? DefaultRegion;
        var settings = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle ?? options.Endpoint is not null,
            MaxErrorRetry = options.Retries,
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
            // What other stores may not know; bytes are compared after writing anyhow.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint) (settings.ServiceURL, settings.AuthenticationRegion) = (endpoint, region);
        else settings.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        return settings;
    }

    private PutObjectRequest Put(string name, ReadOnlyMemory<byte> bytes) => new()
    {
        BucketName = _bucket, Key = _prefix + name, InputStream = new MemoryStream(bytes.ToArray(), writable: false), UseChunkEncoding = false, ContentType = "application/octet-stream",
    };

    /// <summary>What a store says no with is an error of reading and writing, like a full disk.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new IOException($"{Location}: {e.Message}", e);
        }
    }
}
