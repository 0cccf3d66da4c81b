using Parquet;
using Parquet.Schema;

namespace Adclicks.Tests.EndToEnd;

/// <summary>A Parquet file of one row group in memory, column by column, to be changed and written again.</summary>
internal sealed class ParquetTable
{
    private readonly Dictionary<string, Array> _columns = [];
    private readonly ParquetSchema _schema;

    private ParquetTable(ParquetSchema schema) => _schema = schema;

    public T[] Column<T>(string name) => (T[])_columns[name];

    public static async Task<ParquetTable> ReadAsync(byte[] file, CancellationToken cancellationToken)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(file), cancellationToken: cancellationToken);
        Assert.Equal(1, reader.RowGroupCount);
        using var group = reader.OpenRowGroupReader(0);
        var table = new ParquetTable(reader.Schema);
        foreach (var field in reader.Schema.DataFields) table._columns[field.Name] = await ReadAsync(group, field, cancellationToken);
        return table;
    }

    public async Task<byte[]> WriteAsync(CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(_schema, output, cancellationToken: cancellationToken))
        {
            using var group = writer.CreateRowGroup();
            foreach (var field in _schema.DataFields) await WriteAsync(group, field, _columns[field.Name], cancellationToken);
            group.CompleteValidate();
        }

        return output.ToArray();
    }

    private static async Task<Array> ReadAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancellationToken)
    {
        var count = (int)group.RowCount;
        if (field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory(), cancellationToken: cancellationToken);
            return texts;
        }

        if (field.ClrType == typeof(ReadOnlyMemory<byte>))
        {
            var bytes = new byte[]?[count];
            await group.ReadAsync(field, bytes.AsMemory(), cancellationToken: cancellationToken);
            return bytes;
        }

        return field.ClrType == typeof(int) ? await NumbersAsync<int>() : field.ClrType == typeof(bool) ? await NumbersAsync<bool>() : await NumbersAsync<long>();

        async Task<Array> NumbersAsync<T>()
            where T : struct
        {
            var numbers = new T[count];
            await group.ReadAsync<T>(field, numbers, cancellationToken: cancellationToken);
            return numbers;
        }
    }

    private static async Task WriteAsync(ParquetRowGroupWriter group, DataField field, Array column, CancellationToken cancellationToken)
    {
        switch (column)
        {
            case string[] texts: await group.WriteAsync(field, texts); break;
            case byte[][] bytes: await group.WriteAsync(field, bytes); break;
            case int[] numbers: await group.WriteAsync<int>(field, numbers, cancellationToken: cancellationToken); break;
            case long[] numbers: await group.WriteAsync<long>(field, numbers, cancellationToken: cancellationToken); break;
            case bool[] flags: await group.WriteAsync<bool>(field, flags, cancellationToken: cancellationToken); break;
            default: throw new NotSupportedException(field.Name);
        }
    }
}
