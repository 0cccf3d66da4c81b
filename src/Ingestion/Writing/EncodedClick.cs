namespace Adclicks.Ingestion.Writing;

/// <summary>One click on its way to the log: where it lies in the bytes of its request, and what the writer needs to know of it.</summary>
/// <param name="Partition">Where it goes.</param>
/// <param name="Start">The first byte of its encoding.</param>
/// <param name="Length">Bytes of it.</param>
/// <param name="ClickedAtMs">Its time.</param>
/// <param name="Identity">What a retry of it would share; zero where it cannot be told from another.</param>
internal readonly record struct EncodedClick(int Partition, int Start, int Length, long ClickedAtMs, UInt128 Identity);
