using Adclicks.Domain.Access;
using Adclicks.Tests.Access;

namespace Adclicks.Tests.Admin;

[Collection(nameof(WholeServerTests))]
public sealed class GenerationEndpointsTests(WholeServer server)
{
    [Theory]
    [InlineData("99", 99)]
    [InlineData("99/differences", 99)]
    [InlineData("1/differences?with=98", 98)]
    public async Task A_generation_that_is_not_there_is_not_found(string path, int missing)
    {
        var (status, body) = await server.ReadAsync(Roles.Admin, "/admin/generations/" + path);
        Assert.Equal(404, status);
        Assert.Contains($"There is no generation {missing}.", body, StringComparison.Ordinal);
    }
}
