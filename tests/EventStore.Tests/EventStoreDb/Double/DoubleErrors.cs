using System.Globalization;
using Adclicks.EventStore.EventStoreDb.Protos;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ProtoEmpty = Google.Protobuf.WellKnownTypes.Empty;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>Errors in the two forms the server has: trailers of a call, and details in an answer of a batch.</summary>
internal static class DoubleErrors
{
    public static RpcException StreamDeleted(string stream) =>
        With(StatusCode.FailedPrecondition, "stream-deleted", ("stream-name", stream));

    public static RpcException WrongExpectedVersion(string stream, long expected, long actual) => With(
        StatusCode.FailedPrecondition,
        "wrong-expected-version",
        ("stream-name", stream),
        ("expected-version", expected.ToString(CultureInfo.InvariantCulture)),
        ("actual-version", actual.ToString(CultureInfo.InvariantCulture)));

    public static RpcException TooLarge(int limit) => With(
        StatusCode.InvalidArgument, "maximum-append-size-exceeded", ("maximum-append-size", limit.ToString(CultureInfo.InvariantCulture)));

    public static RpcException AccessDenied() => With(StatusCode.PermissionDenied, "access-denied");

    public static RpcException MissingMetadata() => With(
        StatusCode.InvalidArgument, "missing-required-metadata-property", ("required-metadata-properties", "type,content-type"));

    public static RpcException NotLeader(string host, int port) => With(
        StatusCode.NotFound,
        "not-leader",
        ("leader-endpoint-host", host),
        ("leader-endpoint-port", port.ToString(CultureInfo.InvariantCulture)));

    public static BatchAppendResponse.Types.Failure StreamDeletedDetail(StreamIdentifier stream) =>
        Detail(5, new StreamDeleted { StreamIdentifier = stream });

    public static BatchAppendResponse.Types.Failure WrongExpectedVersionDetail(long actual) => Detail(
        6,
        actual >= 0
            ? new WrongExpectedVersion { CurrentStreamRevision = (ulong)actual }
            : new WrongExpectedVersion { CurrentNoStream = new ProtoEmpty() });

    public static BatchAppendResponse.Types.Failure TooLargeDetail(int limit) =>
        Detail(3, new MaximumAppendSizeExceeded { MaxAppendSize = (uint)limit });

    public static BatchAppendResponse.Types.Failure AccessDeniedDetail() => Detail(7, new AccessDenied());

    public static BatchAppendResponse.Types.Failure TimeoutDetail() => Detail(4, new Adclicks.EventStore.EventStoreDb.Protos.Timeout());

    private static BatchAppendResponse.Types.Failure Detail(int code, IMessage detail) =>
        new() { Code = code, Message = detail.Descriptor.Name, Details = Any.Pack(detail) };

    private static RpcException With(StatusCode status, string exception, params (string Key, string Value)[] more)
    {
        var trailers = new Metadata { { "exception", exception } };
        foreach (var (key, value) in more)
            trailers.Add(key, value);
        return new RpcException(new Status(status, exception), trailers);
    }
}
