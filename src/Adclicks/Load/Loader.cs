using Adclicks.Import;

namespace Adclicks.Load;

/// <summary>Sends sample clicks, batch by batch, no faster than asked.</summary>
internal sealed class Loader(SampleClicks clicks, BatchSender sender, double clicksPerSecond, TimeProvider time)
{
    /// <summary>A batch is sent at least so often where the rate allows.</summary>
    private const double BatchesPerSecond = 4;

    /// <summary>Sends all of them. <paramref name="progress"/> gets how many are done.</summary>
    /// <exception cref="ImportException">The server does not take them.</exception>
    public async Task RunAsync(ImportSummary summary, Action<long> progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var batchSize = (int)Math.Clamp(clicksPerSecond / BatchesPerSecond, 1, Importer.MaxBatchSize);
        for (long sent = 0; sent < clicks.Count;)
        {
            var batch = Fill(sent, Math.Min(sent + batchSize, clicks.Count));
            var answer = await sender.SendAsync(batch, cancellationToken);
            summary.Accept(answer.Accepted);
            foreach (var (index, reason) in answer.Rejected) summary.Reject(index, reason);
            sent += batch.Lines.Count;
            progress(sent);
            var early = TimeSpan.FromSeconds(sent / clicksPerSecond) - time.GetElapsedTime(start);
            if (early > TimeSpan.Zero && sent < clicks.Count) await Task.Delay(early, time, cancellationToken);
        }
    }

    private ImportBatch Fill(long from, long to)
    {
        var batch = new ImportBatch();
        for (var index = from; index < to; index++)
        {
            var click = index;
            batch.Add(click, json => clicks.Write(click, json));
        }

        return batch;
    }
}
