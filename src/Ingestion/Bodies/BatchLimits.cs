namespace Adclicks.Ingestion.Bodies;

/// <summary>What a batch may hold.</summary>
/// <param name="MaxClicks">Clicks of a request.</param>
/// <param name="MaxBytes">Bytes of a request, unpacked.</param>
/// <param name="MaxClickBytes">Bytes of one click, as it is sent: what is not there to its end is kept, and looked at again.</param>
internal readonly record struct BatchLimits(int MaxClicks, int MaxBytes, int MaxClickBytes)
{
    /// <exception cref="BodyFaultException">A click is larger than it may be.</exception>
    public void CheckClick(long bytes)
    {
        if (bytes > MaxClickBytes) throw new BodyFaultException(BodyFault.ClickTooLarge(MaxClickBytes));
    }
}
