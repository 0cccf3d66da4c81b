using System.Security.Cryptography;
using System.Text;
using BitFaster.Caching.Lru;
using GraphQL;
using GraphQL.Transport;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>
/// Queries by their hash, as Apollo's clients send them: <c>{"extensions": {"persistedQuery": {"version": 1, "sha256Hash":
/// "…"}}}</c>. One that is not known is answered PERSISTED_QUERY_NOT_FOUND, and sent again with its text. What was valid is
/// kept, up to a bound; after a restart, or for want of room, it is asked for again.
/// </summary>
internal sealed class PersistedQueries(IOptions<ReadApiOptions> options)
{
    /// <summary>Longer ones are run and not kept.</summary>
    private const int MaxKeptLength = 16 * 1024;

    private readonly ConcurrentLru<string, string> _kept = new(Math.Max(3, options.Value.MaxPersistedQueries));

    /// <summary>The text of a request's query.</summary>
    /// <exception cref="ExecutionError">It has a hash that is not known, or not that of its text.</exception>
    public string? TextOf(GraphQLRequest request)
    {
        if (HashOf(request) is not { } hash) return request.Query;
        if (request.Query is { Length: > 0 } text)
        {
            return hash == Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
                ? text : throw new ExecutionError("The hash is not that of the query.") { Code = "PERSISTED_QUERY_HASH_MISMATCH" };
        }

        return _kept.TryGet(hash, out var known) ? known : throw new ExecutionError("PersistedQueryNotFound") { Code = "PERSISTED_QUERY_NOT_FOUND" };
    }

    /// <summary>Keeps the text of a request that was run.</summary>
    public void Keep(GraphQLRequest request)
    {
        if (request.Query is { Length: > 0 and <= MaxKeptLength } text && HashOf(request) is { } hash) _kept.AddOrUpdate(hash, text);
    }

    private static string? HashOf(GraphQLRequest request) =>
        request.Extensions?.GetValueOrDefault("persistedQuery") is IDictionary<string, object?> persisted
        && persisted.TryGetValue("sha256Hash", out var hash) ? (hash as string)?.ToLowerInvariant() : null;
}
