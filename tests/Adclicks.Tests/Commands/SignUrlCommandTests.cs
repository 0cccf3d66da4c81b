using System.CommandLine;
using System.Globalization;
using Adclicks.Commands;
using Adclicks.Domain.Redirects;
using Adclicks.Hosting;
using Adclicks.Ingestion.Redirects;
using Microsoft.AspNetCore.WebUtilities;

namespace Adclicks.Tests.Commands;

public sealed class SignUrlCommandTests : IDisposable
{
    private static readonly string[] Ids = ["--ad", "a", "--campaign", "c"];

    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-sign-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void A_signed_url_says_all_that_verifies_it()
    {
        var path = UrlKeyFile.PathIn(_data);
        var key = UrlKeysCommand.SigningKey(path, TimeProvider.System);
        Assert.Equal(key.Id, UrlKeysCommand.SigningKey(path, TimeProvider.System).Id);
        var signed = new SignedUrl("a&d=/ä", "p", "https://shop.test/?x=1&y=2", 1_800_000_000, key.Id, "n");
        var url = new Uri(SignUrlCommand.UrlOf(new Uri("http://127.0.0.1:8080/track/click"), signed, "c", key.Key));
        var query = QueryHelpers.ParseQuery(url.Query);
        var read = new SignedUrl(query["ad_id"]!, query["publisher_id"]!, query["redirect_url"]!, long.Parse(query["exp"]!, null), query["kid"]!, query["nonce"]!);
        Assert.Equal(signed, read);
        Assert.True(read.Verify(key.Key, query["sig"]!));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5120/track/click")]
    [InlineData("https://clicks.example/track/click")]
    public void The_endpoint_is_as_given(string endpoint)
    {
        KeysFile();
        var (code, output, error) = Run(_data, [.. Ids, "--endpoint", endpoint]);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(endpoint + "?ad_id=a&campaign_id=c&exp=", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5120", "http://127.0.0.1:5120/track/click?")]
    [InlineData("http://0.0.0.0:5120", "http://127.0.0.1:5120/track/click?")]
    [InlineData(null, "http://127.0.0.1:8080/track/click?")]
    public void The_endpoint_is_that_of_the_process_on_the_data_directory(string? listens, string begin)
    {
        KeysFile();
        if (listens is not null) new DataDirectory(_data).WriteAddress(listens);
        Assert.StartsWith(begin, Run(_data, Ids).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--endpoint", "track/click")]
    [InlineData("--endpoint", "ftp://clicks.example/track/click")]
    [InlineData("--endpoint", "http://clicks.example/track/click?x=1")]
    [InlineData("--hours", "1e9")]
    [InlineData("--hours", "-5")]
    [InlineData("--hours", "0")]
    [InlineData("--hours", "NaN")]
    [InlineData("--hours", "soon")]
    [InlineData("--target", "javascript:alert(1)")]
    [InlineData("--publisher", "a\nb")]
    [InlineData("--campaign", "")]
    [InlineData("--ad", "")]
    public void What_makes_no_good_url_is_refused(string option, string value)
    {
        KeysFile();
        string[] others = option is "--ad" ? ["--campaign", "c"] : option is "--campaign" ? ["--ad", "a"] : Ids;
        var (code, output, error) = Run(_data, [.. others, option, value]);
        Assert.Equal(1, code);
        Assert.DoesNotContain("http", output, StringComparison.Ordinal);
        Assert.Contains(option + " must", error, StringComparison.Ordinal);
        Assert.False(File.Exists(UrlKeyFile.PathIn(_data)));
    }

    [Fact]
    public void An_id_may_be_as_long_as_a_click_may_have_it()
    {
        KeysFile();
        Assert.Equal(0, Run(_data, ["--campaign", "c", "--ad", new string('a', 1024)]).Code);
        Assert.Contains("1 to 1,024", Run(_data, ["--campaign", "c", "--ad", new string('a', 1025)]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_data_directory_nothing_is_made_and_nothing_is_signed()
    {
        var missing = Path.Combine(_data, "missing");
        foreach (var directory in new[] { missing, _data })
        {
            var (code, output, error) = Run(directory, Ids);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains($"{directory} is not a data directory", error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_data));
    }

    private void KeysFile() => File.WriteAllText(Path.Combine(_data, "keys.json"), "{}");

    private static (int Code, string Output, string Error) Run(string data, string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var code = SignUrlCommand.Create().Parse([.. arguments, "--data", data]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
