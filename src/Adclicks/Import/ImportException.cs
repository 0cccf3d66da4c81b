namespace Adclicks.Import;

/// <summary>The import cannot go on; the message says why.</summary>
internal sealed class ImportException(string message) : Exception(message);
