using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// The pool of connections that reports are read over. It has its own settings: read-only transactions of one snapshot (a batch is one), a statement
/// time-out, and no more connections than questions may run at once. Statements are planned once, for any values: there is
/// an index for each of them, and to plan one for its values takes longer than to run it. A connection is given back as it is:
/// nothing that is done over it outlives its transaction.
/// </summary>
public sealed class ReadDatabase : IAsyncDisposable
{
    /// <summary>What the columns asked for of one block mostly fit in.</summary>
    private const int BlockBytes = 64 * 1024;

    private readonly NpgsqlDataSource _source;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="InvalidOperationException"><c>Postgres:ConnectionString</c> is missing.</exception>
    public ReadDatabase(IConfiguration configuration, IOptions<ReadApiOptions> options)
        : this(
            configuration["Postgres:ConnectionString"]
            ?? throw new InvalidOperationException("Postgres:ConnectionString is not set."),
            options.Value)
    {
    }

    /// <inheritdoc cref="ReadDatabase(IConfiguration, IOptions{ReadApiOptions})"/>
    public ReadDatabase(string connectionString, ReadApiOptions options)
    {
        var timeoutMs = ((long)options.StatementTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "adclicks-readapi",
            MaxPoolSize = options.MaxConnections,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 3,
            CommandTimeout = (int)options.StatementTimeout.TotalSeconds + 5,
            ReadBufferSize = BlockBytes,
            NoResetOnClose = true,
            Options = $"-c statement_timeout={timeoutMs} -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read -c jit=off -c plan_cache_mode=force_generic_plan",
        };
        _source = NpgsqlDataSource.Create(settings);
    }

    /// <summary>A connection of the pool, waiting for one if all are in use.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        _source.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
