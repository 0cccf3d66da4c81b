namespace Adclicks.Projections.Aggregation;

/// <summary>What a lane knows of a rollup row.</summary>
internal enum RowState : byte
{
    /// <summary>Holds only what came since; the table may have a row of that key.</summary>
    Delta,

    /// <summary>Holds all, and the table has no row of that key yet.</summary>
    New,

    /// <summary>Holds all, and the table has a row of that key.</summary>
    Stored,
}

/// <summary>One rollup row in memory.</summary>
internal struct RollupRow
{
    public long Gross, Click, Fraudulent;
    public RowSketch Users, Ips;
    public RowState State;
    public bool IsDirty;
}
