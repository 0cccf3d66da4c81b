namespace Adclicks.Import;

/// <summary>
/// Reads a file and sends it, batch by batch: one is on its way while the next is read, and the next leaves only when it
/// has been answered. So the log has the clicks in the order of the file.
/// </summary>
internal sealed class Importer(IRecordFormat format, BatchSender sender, int batchSize)
{
    /// <summary>The most clicks one request may have.</summary>
    public const int MaxBatchSize = 1_000;

    private const int MaxBodyBytes = 1 << 20;

    /// <summary>Reads to the end of the file. <paramref name="progress"/> gets the bytes of the file that are done.</summary>
    /// <exception cref="ImportException">The server does not take it.</exception>
    public async Task RunAsync(Stream file, ImportSummary summary, Action<long> progress, CancellationToken cancellationToken)
    {
        var lines = new LineReader(file);
        Task<BatchAnswer>? underWay = null;
        ImportBatch? sent = null;
        do
        {
            var batch = await FillAsync(lines, summary, cancellationToken);
            if (underWay is not null) Count(await underWay, summary, progress, sent!);
            (sent, underWay) = batch.Lines.Count > 0 ? (batch, sender.SendAsync(batch, cancellationToken)) : (null, null);
        }
        while (underWay is not null);
    }

    private static void Count(BatchAnswer answer, ImportSummary summary, Action<long> progress, ImportBatch batch)
    {
        summary.Accept(answer.Accepted);
        foreach (var (line, reason) in answer.Rejected) summary.Reject(line, reason);
        progress(batch.BytesRead);
    }

    private async Task<ImportBatch> FillAsync(LineReader lines, ImportSummary summary, CancellationToken cancellationToken)
    {
        var batch = new ImportBatch();
        while (batch.Lines.Count < batchSize && batch.Body.Length < MaxBodyBytes && await format.ReadAsync(lines, cancellationToken) is { } record)
        {
            if (batch.Add(format, record) is { } problem) summary.Reject(record.Line, problem);
        }

        batch.BytesRead = lines.BytesRead;
        return batch;
    }
}
