namespace Adclicks.Hosting;

/// <summary>Settings as a tool sees them, and a start before it has a host: <c>appsettings.json</c> beside the executable, and the environment.</summary>
internal static class ToolConfiguration
{
    /// <summary>Reads them.</summary>
    public static IConfigurationRoot Load() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .Build();
}
