using Testcontainers.PostgreSql;

namespace Adclicks.Support.Postgres;

/// <summary>PostgreSQL in a container, for machines with Docker and no PostgreSQL. Removed by its own reaper.</summary>
internal static class ContainerServer
{
    private const string Image = "postgres:15-alpine";

    public static async Task<string> StartAsync()
    {
        var container = new PostgreSqlBuilder(Image).Build();
        await container.StartAsync();
        return container.GetConnectionString();
    }
}
