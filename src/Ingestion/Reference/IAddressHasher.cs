using System.Net;

namespace Adclicks.Ingestion.Reference;

/// <summary>Hashes addresses as clicks have them: the seam to the visitor key.</summary>
public interface IAddressHasher
{
    /// <summary>What <c>ip_hash</c> of a click from this address is, in lower-case hexadecimal.</summary>
    string HashOf(IPAddress address);
}
