using Adclicks.Commands;
using Adclicks.Domain.Redirects;
using Adclicks.Ingestion.Redirects;
using Microsoft.AspNetCore.WebUtilities;

namespace Adclicks.Tests.Commands;

public sealed class SignUrlCommandTests
{
    [Fact]
    public void A_signed_url_says_all_that_verifies_it()
    {
        var directory = Directory.CreateTempSubdirectory("adclicks-").FullName;
        try
        {
            var path = UrlKeyFile.PathIn(directory);
            var key = UrlKeysCommand.SigningKey(path, TimeProvider.System);
            Assert.Equal(key.Id, UrlKeysCommand.SigningKey(path, TimeProvider.System).Id);
            var signed = new SignedUrl("a&d=/ä", "p", "https://shop.test/?x=1&y=2", 1_800_000_000, key.Id, "n");
            var url = new Uri(SignUrlCommand.UrlOf(new Uri("http://127.0.0.1:8080/track/click"), signed, "c", key.Key));
            var query = QueryHelpers.ParseQuery(url.Query);
            var read = new SignedUrl(query["ad_id"]!, query["publisher_id"]!, query["redirect_url"]!, long.Parse(query["exp"]!, null), query["kid"]!, query["nonce"]!);
            Assert.Equal(signed, read);
            Assert.True(read.Verify(key.Key, query["sig"]!));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
