using System.Globalization;
using System.Text;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>A statement in the making. Values only ever become parameters; identifiers come from the catalogue.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _text = new(1024);
    private readonly List<NpgsqlParameter> _parameters = [];

    public SqlText Append(string sql)
    {
        _text.Append(sql);
        return this;
    }

    /// <summary>Adds a value and returns its placeholder.</summary>
    public string Value<T>(T value)
    {
        _parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return "$" + _parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(_text.ToString());
        foreach (var parameter in _parameters) command.Parameters.Add(parameter);
        return command;
    }
}
