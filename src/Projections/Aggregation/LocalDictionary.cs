using System.Text;

namespace Adclicks.Projections.Aggregation;

/// <summary>
/// The values of one dimension that a lane has met, numbered from 0 in the order met, so that clicks are aggregated
/// without a word with the database. <see cref="GlobalIds"/> has the dictionary's id of each, once it is resolved.
/// </summary>
internal sealed class LocalDictionary
{
    private readonly Dictionary<byte[], int> _ids = new(Utf8Bytes.Comparer);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private readonly List<string> _unresolved = [];
    private int[] _globalIds = new int[64];
    private int _count;

    public LocalDictionary() => _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>How many are known.</summary>
    public int Count => _count;

    /// <summary>Values from number <see cref="FirstUnresolved"/> on that have no id yet.</summary>
    public IReadOnlyList<string> Unresolved => _unresolved;

    public int FirstUnresolved => _count - _unresolved.Count;

    /// <summary>By number; valid up to <see cref="FirstUnresolved"/>.</summary>
    public ReadOnlySpan<int> GlobalIds => _globalIds;

    /// <summary>The number of a value.</summary>
    public int Intern(ReadOnlySpan<byte> utf8) => _bySpan.TryGetValue(utf8, out var id) ? id : Add(utf8);

    /// <summary>Takes the ids of <see cref="Unresolved"/>, in that order.</summary>
    public void Resolve(ReadOnlySpan<int> ids)
    {
        ids.CopyTo(_globalIds.AsSpan(FirstUnresolved));
        _unresolved.Clear();
    }

    public void Clear()
    {
        _ids.Clear();
        _unresolved.Clear();
        _count = 0;
    }

    /// <summary>
    /// PostgreSQL's text has neither invalid UTF-8 nor NUL: both become U+FFFD, and what is then equal has one number.
    /// </summary>
    private int Add(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8).Replace('\0', '\uFFFD');
        var stored = Encoding.UTF8.GetBytes(text);
        if (!_ids.TryGetValue(stored, out var id))
        {
            id = _count++;
            if (id == _globalIds.Length) Array.Resize(ref _globalIds, id * 2);
            _ids.Add(stored, id);
            _unresolved.Add(text);
        }

        if (!utf8.SequenceEqual(stored)) _ids.Add(utf8.ToArray(), id);
        return id;
    }
}
