using Adclicks.EventStore.Files;

namespace Adclicks.EventStore.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_was_written_is_in_the_file()
    {
        using var file = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write("kept"u8);
        DurableFile.Flush(file);

        Assert.Equal("kept", File.ReadAllText(_path));
    }

    [Fact]
    public void A_flush_that_fails_is_told()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Nothing here is known to fail.");
        // There is no disk behind it, so the system refuses.
        using var file = new FileStream("/dev/null", FileMode.Open, FileAccess.Write);

        Assert.Throws<IOException>(() => DurableFile.Flush(file));
    }
}
