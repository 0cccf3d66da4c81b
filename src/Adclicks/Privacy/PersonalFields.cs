using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Privacy.Keys;
using Adclicks.Projections.Explanation;

namespace Adclicks.Privacy;

/// <summary>What is shown of a sealed copy to who may see it.</summary>
internal static class PersonalFields
{
    /// <summary>
    /// <c>ip_address</c> and <c>user_id</c>, where they can still be read; and <c>sealed</c>: what became of the copy, and of which day its key
    /// is. Nothing where nothing was sealed.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, object>> Of(SealedCopy? copy, PersonalDataSealer sealer)
    {
        if (copy is null) return [];
        var day = PrivacyDay.Text(copy.Day);
        try
        {
            var state = sealer.Open(copy.Day, copy.VisitorHash, copy.Bytes, out var data);
            return [.. Opened(data), new("sealed", state switch
            {
                SealState.Readable => $"readable while there is a key of {day}",
                SealState.Erased => $"erased: the visitor's part of the key of {day} was destroyed",
                _ => $"shredded: the key of {day} was destroyed",
            })];
        }
        catch (KeyStoreException e)
        {
            return [new("sealed", $"not readable now: {e.Message}")];
        }
    }

    private static IEnumerable<KeyValuePair<string, object>> Opened(PersonalData? data)
    {
        if (data is { Address.Length: > 0 }) yield return new("ip_address", data.Address);
        if (data is { UserId.Length: > 0 }) yield return new("user_id", data.UserId);
    }
}
