using MediatR;

namespace Adclicks.Ingestion.Commands;

/// <summary>Handles the command.</summary>
internal sealed class RecordClicksHandler(ClickRecorder recorder) : IRequestHandler<RecordClicks, RecordClicksResult>
{
    public Task<RecordClicksResult> Handle(RecordClicks request, CancellationToken cancellationToken) => recorder.RecordAsync(request.Clicks, request.Facts, request.Pending);
}
