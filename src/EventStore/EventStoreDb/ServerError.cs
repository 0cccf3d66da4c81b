using System.Globalization;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.EventStoreDb;

/// <summary>What went wrong at the server.</summary>
public enum ServerErrorKind
{
    /// <summary>No answer, or one that says nothing: it may or may not have done what it was asked.</summary>
    Unreachable,

    /// <summary>It gave up; it may still do it.</summary>
    Timeout,

    /// <summary>It is up but not ready or too busy, and did nothing.</summary>
    NotReady,

    /// <summary>Another node is the leader.</summary>
    NotLeader,

    /// <summary>The stream was not as expected.</summary>
    WrongExpectedRevision,

    /// <summary>The stream was deleted for good.</summary>
    StreamDeleted,

    /// <summary>The credentials are wrong or do not suffice.</summary>
    AccessDenied,

    /// <summary>The append is larger than the server takes.</summary>
    TooLarge,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The request made no sense to it.</summary>
    Invalid,
}

/// <summary>An error as the server meant it: by the trailers, not by the status, which means several things each.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">For people.</param>
/// <param name="Value">The actual last revision (−1 for none), or the limit in bytes.</param>
/// <param name="Leader">Who the leader is, where it said so.</param>
internal readonly record struct ServerError(ServerErrorKind Kind, string Message, long Value = -1, Endpoint? Leader = null)
{
    public static ServerError Of(RpcException error)
    {
        var trailers = error.Trailers;
        var message = error.Status.Detail is { Length: > 0 } detail ? detail : error.StatusCode.ToString();
        return trailers.GetValue("exception") switch
        {
            "not-leader" => new(ServerErrorKind.NotLeader, message, Leader: LeaderOf(trailers)),
            "wrong-expected-version" => new(ServerErrorKind.WrongExpectedRevision, message, Number(trailers, "actual-version")),
            "stream-deleted" => new(ServerErrorKind.StreamDeleted, message),
            "access-denied" => new(ServerErrorKind.AccessDenied, message),
            "maximum-append-size-exceeded" => new(ServerErrorKind.TooLarge, message, Number(trailers, "maximum-append-size")),
            "stream-not-found" => new(ServerErrorKind.NotFound, message),
            "missing-required-metadata-property" or "invalid-transaction" => new(ServerErrorKind.Invalid, message),
            _ => new(KindOf(error.StatusCode), message),
        };
    }

    public static ServerError Of(BatchAppendResponse.Types.Failure failure)
    {
        // Not ready and not leader without a known leader come with no code and an empty detail.
        var details = failure.Details;
        var type = details?.TypeUrl[(details.TypeUrl.LastIndexOf('.') + 1)..];
        return type switch
        {
            nameof(WrongExpectedVersion) => new(ServerErrorKind.WrongExpectedRevision, failure.Message, Current(details!.Unpack<WrongExpectedVersion>())),
            nameof(StreamDeleted) => new(ServerErrorKind.StreamDeleted, failure.Message),
            nameof(AccessDenied) => new(ServerErrorKind.AccessDenied, failure.Message),
            nameof(MaximumAppendSizeExceeded) => new(ServerErrorKind.TooLarge, failure.Message, details!.Unpack<MaximumAppendSizeExceeded>().MaxAppendSize),
            nameof(Protos.Timeout) => new(ServerErrorKind.Timeout, failure.Message),
            nameof(BadRequest) => new(ServerErrorKind.Invalid, details!.Unpack<BadRequest>().Message),
            nameof(Empty) when failure.Code == 0 => new(ServerErrorKind.NotReady, failure.Message),
            _ => new(ServerErrorKind.Unreachable, failure.Message),
        };
    }

    private static ServerErrorKind KindOf(StatusCode status) => status switch
    {
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => ServerErrorKind.AccessDenied,
        StatusCode.NotFound => ServerErrorKind.NotFound,
        StatusCode.InvalidArgument => ServerErrorKind.Invalid,
        StatusCode.Aborted or StatusCode.DeadlineExceeded => ServerErrorKind.Timeout,
        _ => ServerErrorKind.Unreachable,
    };

    private static long Current(WrongExpectedVersion version) =>
        version.CurrentCase == WrongExpectedVersion.CurrentOneofCase.CurrentStreamRevision ? (long)version.CurrentStreamRevision : -1;

    private static Endpoint? LeaderOf(Metadata trailers) =>
        trailers.GetValue("leader-endpoint-host") is { Length: > 0 } host && Number(trailers, "leader-endpoint-port") is > 0 and var port
            ? new Endpoint(host, (int)port)
            : null;

    private static long Number(Metadata trailers, string key) =>
        long.TryParse(trailers.GetValue(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
