using System.Security.Cryptography;
using System.Text;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Privacy.Keys;

namespace Adclicks.Ingestion.Tests.Privacy;

public sealed class KeyStoreTests : IDisposable
{
    private const uint Day = 20_782;
    private static readonly (string, string) VisitorKey = ("Privacy:VisitorKey", Convert.ToBase64String(new byte[32]));
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-keys-").FullName;

    private string DayFile => Path.Combine(_data, "secrets", "days", PrivacyDay.Text(Day) + ".key");

    private string MasterFile => Path.Combine(_data, "secrets", "master.key");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void What_one_process_sealed_another_opens_and_no_key_is_on_disk_as_it_is()
    {
        using var one = new KeyHolder(_data);
        var copy = one.Seal(Day, "u-1");
        using var other = new KeyHolder(_data);

        Assert.Equal((SealState.Readable, new PersonalData("192.0.2.7", "u-1")), other.Open(Day, "u-1", copy));
        Assert.NotEqual(copy, one.Seal(Day, "u-1"));
        foreach (var file in new[] { DayFile, Path.Combine(_data, "secrets", "visitor.key") })
        {
            Assert.StartsWith("adclicks-key-1 ", File.ReadAllText(file), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(MasterFile));
    }

    [Fact]
    public async Task Processes_that_make_the_key_of_a_day_at_once_agree()
    {
        var holders = Enumerable.Range(0, 8).Select(_ => new KeyHolder(_data)).ToList();
        var copies = await Task.WhenAll(holders.Select(h => Task.Run(() =>
        {
            h.Keys.Prepare(Day);
            return h.Seal(Day, "u");
        })));

        Assert.All(copies, copy => Assert.All(holders, h => Assert.Equal(SealState.Readable, h.Open(Day, "u", copy).State)));
        holders.ForEach(h => h.Dispose());
    }

    [Fact]
    public void A_shredded_day_is_read_by_nobody_not_even_by_who_had_its_key_in_memory()
    {
        using var one = new KeyHolder(_data);
        using var other = new KeyHolder(_data);
        var before = other.Seal(Day, "u");
        Assert.Equal(SealState.Readable, other.Open(Day, "u", before).State);

        Assert.False(one.Keys.HasSealingKey(Day));
        Assert.True(other.Keys.HasSealingKey(Day));
        Assert.True(one.Keys.Shred(Day));
        Assert.False(one.Keys.Shred(Day));

        Assert.Equal((SealState.Shredded, null), other.Open(Day, "u", before));
        Assert.Empty(other.Keys.Days());
        other.Keys.Refresh(Day);
        Assert.False(other.Keys.HasSealingKey(Day));
        // What comes after has a key of its own.
        var after = other.Seal(Day, "u");
        Assert.Equal(SealState.Readable, one.Open(Day, "u", after).State);
        Assert.Equal(SealState.Shredded, one.Open(Day, "u", before).State);
    }

    [Fact]
    public void Erasing_visitors_takes_their_copies_of_all_days_and_no_one_elses()
    {
        using var one = new KeyHolder(_data, VisitorKey);
        using var other = new KeyHolder(_data, VisitorKey);
        var users = Enumerable.Range(0, 100).Select(i => $"u-{i}").ToList();
        var erased = users.Take(20).ToList();
        var leaves = erased.Select(u => one.HashOf(u)).Select(h => (h[0], h[1] >> 2)).ToHashSet();
        var kept = users.Skip(20).Where(u => !leaves.Contains((one.HashOf(u)[0], one.HashOf(u)[1] >> 2))).ToList();
        var copies = users.SelectMany(u => new[] { Day, Day + 1 }, (u, day) => (User: u, Day: day, Copy: other.Seal(day, u))).ToList();

        foreach (var user in erased) Assert.Equal([Day, Day + 1], one.Keys.Erase(one.HashOf(user)));
        Assert.Empty(one.Keys.Erase(one.HashOf(erased[0])));

        foreach (var holder in new[] { one, other })
        {
            Assert.All(copies.Where(c => erased.Contains(c.User)), c => Assert.Equal(SealState.Erased, holder.Open(c.Day, c.User, c.Copy).State));
            Assert.All(copies.Where(c => kept.Contains(c.User)), c => Assert.Equal(c.User, holder.Open(c.Day, c.User, c.Copy).Data?.UserId));
        }

        other.Keys.Refresh(Day);
        Assert.Empty(other.Seal(Day, erased[0]));
        Assert.Equal(SealState.Readable, one.Open(Day, kept[0], other.Seal(Day, kept[0])).State);
        Assert.NotEmpty(other.Seal(Day + 2, erased[0]));
    }

    [Fact]
    public void A_key_of_before_keys_were_wrapped_is_wrapped_and_goes_on_opening()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        Directory.CreateDirectory(Path.GetDirectoryName(DayFile)!);
        File.WriteAllText(DayFile, Convert.ToBase64String(key) + "\n");
        var copy = new byte[12 + 6 + 16];
        using (var cipher = new AesGcm(key, 16)) cipher.Encrypt(copy.AsSpan(0, 12), "::1\nu1"u8, copy.AsSpan(12, 6), copy.AsSpan(18));
        using var holder = new KeyHolder(_data);
        Assert.Equal((SealState.Readable, new PersonalData("::1", "u1")), holder.Open(Day, "u1", copy));

        holder.Keys.Repair();

        Assert.DoesNotContain(Convert.ToBase64String(key), File.ReadAllText(DayFile), StringComparison.Ordinal);
        Assert.Equal((SealState.Readable, new PersonalData("::1", "u1")), holder.Open(Day, "u1", copy));
        holder.Keys.Erase(holder.HashOf("u1"));
        Assert.Equal(SealState.Erased, holder.Open(Day, "u1", copy).State);
    }

    [Fact]
    public void What_an_interrupted_change_left_is_destroyed()
    {
        using var holder = new KeyHolder(_data);
        holder.Keys.Prepare(Day);
        var draft = DayFile + ".draft-1";
        File.Copy(DayFile, draft);

        Assert.True(holder.Keys.Shred(Day));

        Assert.False(File.Exists(draft));
    }

    [Fact]
    public void A_new_master_key_takes_the_place_of_the_old_for_every_process()
    {
        using var one = new KeyHolder(_data);
        using var other = new KeyHolder(_data);
        var copy = one.Seal(Day, "u");
        one.Keys.Erase(one.HashOf("somebody else"));
        var old = File.ReadAllText(MasterFile);

        Assert.Equal(2, one.Keys.RotateMaster());

        var now = File.ReadAllText(MasterFile);
        Assert.DoesNotContain(old.Trim(), now, StringComparison.Ordinal);
        Assert.Equal(SealState.Readable, other.Open(Day, "u", copy).State);
        using var later = new KeyHolder(_data);
        Assert.Equal(SealState.Readable, later.Open(Day, "u", copy).State);
        Assert.Equal(other.HashOf("u"), later.HashOf("u"));
        File.WriteAllText(MasterFile, old);
        using var locked = new KeyHolder(_data);
        Assert.Contains("is not there", Assert.Throws<KeyStoreException>(() => locked.Keys.Find(Day)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_move_from_the_file_to_a_setting_and_on_to_a_command()
    {
        using var file = new KeyHolder(_data);
        var copy = file.Seal(Day, "u");
        var setting = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        using var configured = new KeyHolder(_data, ("Privacy:MasterKey", setting));
        Assert.Equal(SealState.Readable, configured.Open(Day, "u", copy).State);
        Assert.Equal(2, configured.Keys.RotateMaster());
        Assert.False(File.Exists(MasterFile));

        using var vault = new KeyHolder(_data, ("Privacy:MasterKeyCommand", Script("case $1 in wrap) tr 'A-Za-z' 'N-ZA-Mn-za-m' ;; unwrap) tr 'A-Za-z' 'N-ZA-Mn-za-m' ;; esac")), ("Privacy:PreviousMasterKeys:0", setting));
        Assert.Equal(2, vault.Keys.RotateMaster());

        using var alone = new KeyHolder(_data, ("Privacy:MasterKeyCommand", Script("tr 'A-Za-z' 'N-ZA-Mn-za-m'")));
        Assert.Equal(SealState.Readable, alone.Open(Day, "u", copy).State);
        Assert.Equal(file.HashOf("u"), alone.HashOf("u"));
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("exec sleep 60", "no answer")]
    [InlineData("yes", "more than")]
    [InlineData("echo two words", "one word")]
    public void Without_the_master_key_nothing_is_sealed_and_the_reason_is_said(string script, string reason)
    {
        using var holder = new KeyHolder(
            _data, ("Privacy:MasterKeyCommand", Script(script)), ("Privacy:MasterKeyTimeoutMs", "500"), VisitorKey);

        Assert.Contains(reason, Assert.Throws<KeyStoreException>(() => holder.Keys.Prepare(Day)).Message, StringComparison.Ordinal);
        Assert.Empty(holder.Seal(Day, "u"));
    }

    [Fact]
    public void A_key_under_another_days_name_does_not_unwrap()
    {
        using var holder = new KeyHolder(_data);
        holder.Keys.Prepare(Day);
        File.Copy(DayFile, DayFile.Replace(PrivacyDay.Text(Day), PrivacyDay.Text(Day + 1), StringComparison.Ordinal));

        Assert.Throws<KeyStoreException>(() => holder.Keys.Find(Day + 1));
    }

    private string Script(string body)
    {
        var path = Path.Combine(_data, $"vault-{Guid.NewGuid():N}.sh");
        File.WriteAllText(path, body + "\n", Encoding.ASCII);
        return $"sh {path}";
    }
}
