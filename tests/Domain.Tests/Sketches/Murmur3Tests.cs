using System.Text;
using Adclicks.Domain.Sketches;

namespace Adclicks.Domain.Tests.Sketches;

public sealed class Murmur3Tests
{
    /// <summary>Published values of MurmurHash3_x64_128 with seed 0: the first half. One per length of the last block.</summary>
    [Theory]
    [InlineData("", 0x0000000000000000)]
    [InlineData("hello", 0xCBD8A7B341BD9B02)]
    [InlineData("hello, world", 0x342FAC623A5EBC8E)]
    [InlineData("19 Jan 2038 at 3:14:07 AM", 0xB89E5988B737AFFC)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 0xCD99481F9EE902C9)]
    public void It_is_the_published_hash(string text, ulong hash) => Assert.Equal(hash, Murmur3.Hash64(Encoding.ASCII.GetBytes(text)));
}
