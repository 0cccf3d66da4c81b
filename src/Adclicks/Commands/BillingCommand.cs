using System.CommandLine;
using System.Text.Json;
using Adclicks.Admin;

namespace Adclicks.Commands;

/// <summary><c>adclicks billing</c>: the ledger of closed hours.</summary>
internal static class BillingCommand
{
    private const int Fine = 0;

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("billing", "The ledger: hours that are closed, for good")
    {
        Status(),
        AdminCommand.Create(
            "close",
            "Closes now all hours whose end is past by the lateness, with all clicks there are. (Processes that project do so by themselves, once an hour.)",
            (client, _, stop) => CloseAsync(client, stop)),
    };

    private static Command Status()
    {
        var json = new Option<bool>("--json") { Description = "The whole answer, as JSON" };
        return AdminCommand.Create("status", "Shows how far the ledger is", (client, parsed, stop) => StatusAsync(client, parsed.GetValue(json), stop), json);
    }

    private static async Task<int> StatusAsync(AdminClient client, bool json, CancellationToken cancellationToken)
    {
        var ledger = (await client.GetAsync<LedgerReport>("/admin/billing", cancellationToken))!;
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(ledger));
            return Fine;
        }

        Console.Out.WriteLine($"""
            closed until      {Time(ledger.ClosedThrough) ?? "nothing yet"}
            closed at         {Time(ledger.ClosedAt) ?? "-"}
            due until         {Time(ledger.DueThrough)}
            events uncovered  {ledger.EventsUncovered:N0}
            last entry        {(ledger.Revision < 0 ? "none" : $"billing@{ledger.Revision}")}
            hash              {ledger.Hash ?? "-"}
            """);
        return Fine;
    }

    private static async Task<int> CloseAsync(AdminClient client, CancellationToken cancellationToken)
    {
        var closed = (await client.PostAsync<CloseReport>("/admin/billing/close", null, cancellationToken))!;
        if (closed.Hours == 0)
        {
            Console.Out.WriteLine("Nothing to close.");
            return Fine;
        }

        Console.Out.WriteLine($"""
            Closed until {Time(closed.ClosedThrough)}: {closed.Hours:N0} {(closed.Hours == 1 ? "entry" : "entries")}
            gross {closed.Gross:N0}, duplicate {closed.Duplicate:N0}, fraudulent {closed.Fraudulent:N0}, billable {closed.Billable:N0}
            adjustments: gross {closed.AdjustedGross:N0}, billable {closed.AdjustedBillable:N0}
            hash {closed.Hash}
            """);
        return Fine;
    }

    private static string? Time(DateTimeOffset? time) => time is { } t ? $"{t.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : null;
}
