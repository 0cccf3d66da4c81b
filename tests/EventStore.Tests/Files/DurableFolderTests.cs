using Adclicks.EventStore.Files;

namespace Adclicks.EventStore.Tests.Files;

public sealed class DurableFolderTests : IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private readonly string _root = Directory.CreateTempSubdirectory("adclicks-folders-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Makes_all_that_is_missing_and_leaves_what_is_there(bool isPrivate)
    {
        var deepest = Path.Combine(_root, "a", "b", "c");
        DurableFolder.Create(deepest, isPrivate);
        var file = Path.Combine(deepest, "file");
        File.WriteAllText(file, "kept");

        DurableFolder.Create(deepest, isPrivate);
        DurableFolder.Flush(deepest);

        Assert.Equal("kept", File.ReadAllText(file));
    }

    [Fact]
    public void Of_a_private_one_all_that_was_missing_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such modes.");
        var deepest = Path.Combine(_root, "a", "b");
        DurableFolder.Create(deepest, isPrivate: true);

        Assert.Equal(UnixFileMode.None, (File.GetUnixFileMode(deepest) | File.GetUnixFileMode(Path.GetDirectoryName(deepest)!)) & Others);
    }
}
