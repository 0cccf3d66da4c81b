using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Views;

/// <summary>Packed columns in the words of PostgreSQL: functions that take one row's value out of a block.</summary>
internal static class PackedSql
{
    /// <summary>The statements that make the functions in a schema.</summary>
    public static string Functions(string schema) => $"""
        CREATE OR REPLACE FUNCTION {schema}.packed_word(c bytea, at integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT get_byte(c, at)::bigint + (get_byte(c, at + 1)::bigint << 8) + (get_byte(c, at + 2)::bigint << 16) + (get_byte(c, at + 3)::bigint << 24) $$;
        CREATE OR REPLACE FUNCTION {schema}.packed_number(c bytea, i integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT {schema}.packed_word(c, 1) + ({schema}.packed_word(c, 5) << 32) + CASE get_byte(c, 0)
             WHEN 0 THEN 0 WHEN 1 THEN get_byte(c, 9 + i) WHEN 2 THEN {Short("9 + 2 * i")} WHEN 4 THEN {schema}.packed_word(c, 9 + 4 * i)
             ELSE {schema}.packed_word(c, 9 + 8 * i) + ({schema}.packed_word(c, 13 + 8 * i) << 32) END $$;
        CREATE OR REPLACE FUNCTION {schema}.packed_end(c bytea, i integer) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT CASE WHEN i < 0 THEN 0 WHEN get_byte(c, 0) = 2 THEN {Short("1 + 2 * i")} ELSE {schema}.packed_word(c, 1 + 4 * i)::integer END $$;
        CREATE OR REPLACE FUNCTION {schema}.packed_sketch(c bytea, n integer, i integer) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT CASE WHEN get_byte(c, 0) = 0 THEN '\x118c7f'::bytea WHEN get_byte(c, 0) = 1 THEN '\x128c7f'::bytea || substring(c FROM 2 + 8 * i FOR 8)
             ELSE (SELECT CASE WHEN till & 1 = 1 THEN ''::bytea WHEN till >> 1 = since >> 1 THEN '\x118c7f'::bytea ELSE '\x128c7f'::bytea END
                 || substring(c FROM 2 + get_byte(c, 0) * n + (since >> 1) FOR (till >> 1) - (since >> 1))
               FROM (SELECT {schema}.packed_end(c, i - 1) AS since, {schema}.packed_end(c, i) AS till OFFSET 0) e) END $$;

        """;

    /// <summary>
    /// The rows of the blocks of a table as <c>b</c> (the block), <c>c</c> (its columns, fetched once) and <c>i</c> (the
    /// row). A condition on <c>b.span</c> leaves other blocks unread.
    /// </summary>
    public static string Rows(string table, Cuboid cuboid)
    {
        // The empty bytes make of what is stored apart something that is at hand.
        var columns = string.Join(", ", cuboid.PackedColumns.Select(column => $"b.{column} || ''::bytea AS {column}"));
        return $"{table} b CROSS JOIN LATERAL (SELECT {columns} OFFSET 0) c CROSS JOIN LATERAL generate_series(0, b.{Cuboid.RowsColumn} - 1) i";
    }

    private static string Short(string at) => $"get_byte(c, {at}) + (get_byte(c, {at} + 1) << 8)";
}
