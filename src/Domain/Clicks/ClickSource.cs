namespace Adclicks.Domain.Clicks;

/// <summary>How a click came in. The numbers are those of <c>Click.Source</c> in <c>clicks_recorded.proto</c>.</summary>
public enum ClickSource
{
    /// <summary>Written by a producer that did not say.</summary>
    Unspecified = 0,

    /// <summary><c>GET /track/click</c>: a pixel or a redirect, without a key.</summary>
    Pixel = 1,

    /// <summary><c>POST /track/click_event</c>: one click.</summary>
    Event = 2,

    /// <summary><c>POST /track/click_events</c>: many clicks.</summary>
    Batch = 3,
}
