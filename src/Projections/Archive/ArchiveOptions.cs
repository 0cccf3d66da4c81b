using System.ComponentModel.DataAnnotations;

namespace Adclicks.Projections.Archive;

/// <summary>Section <c>Archive</c>.</summary>
public sealed class ArchiveOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Archive";

    /// <summary>The most that <see cref="KeepLogDays"/> can be.</summary>
    public const int MaxKeepLogDays = 36_500;

    /// <summary>A folder, or <c>s3://bucket/prefix</c>. Where set, processes that project archive closed hours by themselves.</summary>
    public string? To { get; set; }

    /// <summary>How often it is looked whether an hour was closed, in milliseconds.</summary>
    [Range(10, 3_600_000)]
    public int PollMs { get; set; } = 60_000;

    /// <summary>Clicks held in memory at a time; a close with more takes several replays of the log.</summary>
    [Range(1_000, 100_000_000)]
    public int ClicksAtOnce { get; set; } = 1_000_000;

    /// <summary>Partitions read, and files written and verified, at a time.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>
    /// What is archived and was received longer ago than so many days is taken from the log; 0: as soon as it is archived. Not set: the log keeps
    /// all for ever.
    /// </summary>
    [Range(0, MaxKeepLogDays)]
    public int? KeepLogDays { get; set; }

    /// <summary>How to reach an S3-compatible store.</summary>
    public S3Options S3 { get; set; } = new();
}

/// <summary>Section <c>Archive:S3</c>.</summary>
public sealed class S3Options
{
    /// <summary>The URL of a store that is not Amazon's.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region; else that of the environment (<c>AWS_REGION</c>), else <c>us-east-1</c>.</summary>
    public string? Region { get; set; }

    /// <summary>The bucket in the path of URLs and not in the host; where there is an endpoint, the default.</summary>
    public bool? PathStyle { get; set; }

    /// <summary>With <see cref="SecretKey"/>; else what the environment and the machine give (<c>AWS_ACCESS_KEY_ID</c> and so on).</summary>
    public string? AccessKey { get; set; }

    /// <summary>See <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>How long one request may take, in milliseconds.</summary>
    [Range(100, 3_600_000)]
    public int TimeoutMs { get; set; } = 100_000;

    /// <summary>Times a request is tried again.</summary>
    [Range(0, 100)]
    public int Retries { get; set; } = 4;
}
