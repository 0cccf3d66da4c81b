using Adclicks.Bench.Durability;
using Adclicks.Bench.EventStoreDb;
using Adclicks.Bench.Ingest;
using Adclicks.Bench.Live;
using Adclicks.Bench.Project;
using Adclicks.Bench.Reconcile;
using Adclicks.Bench.Reports;
using Adclicks.Bench.Servers;

// One verb per measurement: dotnet run -c Release --project bench/Adclicks.Bench -- VERB [arguments]
var rest = args.Skip(1).ToArray();
switch (args.FirstOrDefault())
{
    case "server":
        await ServerHost.RunAsync(rest);
        return 0;
    case "ingest":
        await IngestBench.RunAsync(rest);
        return 0;
    case "start":
        await StartBench.RunAsync(rest);
        return 0;
    case "useragent":
        EnrichmentBench.Run();
        return 0;
    case "overload":
        return await OverloadBench.RunAsync(rest) ? 0 : 1;
    case "kill":
        return await KillBench.RunAsync(rest) ? 0 : 1;
    case "live":
        await LiveBench.RunAsync(rest);
        return 0;
    case "catchup":
        await CatchUpBench.RunAsync(rest);
        return 0;
    case "project":
        await ProjectBench.RunAsync(rest);
        return 0;
    case "compare":
        await CompareBench.RunAsync(rest);
        return 0;
    case "scale":
        await ScaleBench.RunAsync(rest);
        return 0;
    case "reports":
        await ReportsBench.RunAsync(rest);
        return 0;
    case "reports-load":
        await ReportsLoadBench.RunAsync(rest);
        return 0;
    case "reconcile":
        await ReconcileBench.RunAsync(rest);
        return 0;
    case "archive":
        await ArchiveBench.RunAsync(rest);
        return 0;
    case "eventstoredb":
        await EventStoreDbBench.RunAsync(rest);
        return 0;
    case "eventstoredb-outage":
        await EventStoreDbOutage.RunAsync(rest);
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            "Verbs: ingest [up|ingest] [plain] [seconds], start [up|ingest], useragent, overload [up|ingest] [pixels|batches] [xCONNECTIONS] [seconds], kill [times] [up|ingest], live [clicks/s] [seconds], catchup [clicks] [clicks/s], project [clicks], compare [clicks] [clicks for Marten], scale [clicks] …, reports [clicks] [connection string], reports-load [clicks] [questions/s] [clicks/s] [seconds], reconcile [clicks], archive [clicks], eventstoredb [connection string] [seconds], eventstoredb-outage [connection string] [seconds]");
        return 2;
}
