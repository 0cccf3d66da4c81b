using System.Net;

namespace Adclicks.Commands;

/// <summary>
/// Tells addresses to listen on from mistakes. The server takes a host name that it does not know, and a port that is no
/// number, for "all addresses, port 80": a typing error must not open the machine to everybody.
/// </summary>
internal static class ListenAddress
{
    /// <summary>Whether it is <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>; host: an IP address, localhost, <c>*</c> or <c>+</c>.</summary>
    public static bool IsValid(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https"
                && (address.Host is "localhost" or "*" or "+" || IPAddress.TryParse(address.Host, out _))
                && address.Port is >= 0 and <= ushort.MaxValue
                && address.PathBase.Length == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
