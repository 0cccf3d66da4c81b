using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Reference;
using JasperFx;
using Marten;
using Npgsql;
using Weasel.Core;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Adclicks.Projections.Reference;

/// <summary>The schema <c>adclicks_reference</c>: a table of documents for each kind of item, and the checkpoint.</summary>
public static class ReferenceDocuments
{
    /// <summary>The schema's name.</summary>
    public const string Schema = "adclicks_reference";

    internal const string CheckpointTable = "checkpoint";
    private const int MaxKeyBytes = 1024;

    /// <summary>A store over it; sessions on it query <see cref="ItemDocument{TItem}"/>.</summary>
    public static DocumentStore Store(NpgsqlDataSource dataSource) => DocumentStore.For(options =>
    {
        options.Connection(dataSource);
        options.DatabaseSchemaName = Schema;
        options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;

        // PostgreSQL orders the members of jsonb its own way: the kind of a rule need not come first.
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.SnakeCase, json => json.AllowOutOfOrderMetadataProperties = true);
        options.Schema.For<ItemDocument<Advertiser>>().DocumentAlias("advertiser").SoftDeleted();
        options.Schema.For<ItemDocument<Campaign>>().DocumentAlias("campaign").SoftDeleted();
        options.Schema.For<ItemDocument<Ad>>().DocumentAlias("ad").SoftDeleted();
        options.Schema.For<ItemDocument<Publisher>>().DocumentAlias("publisher").SoftDeleted();
        options.Schema.For<ItemDocument<Rule>>().DocumentAlias("rule").SoftDeleted();
        options.Storage.ExtendedSchemaObjects.Add(Checkpoint());
    });

    /// <summary>
    /// The id of an item's document: the item's own, or, where that is more than an index entry can hold, a hash of it.
    /// </summary>
    public static string KeyOf(string itemId) => Encoding.UTF8.GetByteCount(itemId) <= MaxKeyBytes
        ? itemId
        : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(itemId)));

    /// <summary>One row: the last revision of <c>reference</c> that is in the documents.</summary>
    private static Table Checkpoint()
    {
        var table = new Table(new PostgresqlObjectName(Schema, CheckpointTable, SchemaUtils.IdentifierUsage.General));
        table.AddColumn("stream", "text").AsPrimaryKey();
        table.AddColumn("revision", "bigint").NotNull();
        return table;
    }
}
