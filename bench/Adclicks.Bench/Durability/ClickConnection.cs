using System.Net;
using System.Net.Sockets;

namespace Adclicks.Bench.Durability;

/// <summary>
/// One keep-alive connection, one request at a time, as bytes: a client that takes as little as it can of the cores it shares
/// with the server.
/// </summary>
internal sealed class ClickConnection(string url) : IDisposable
{
    private const int MaxAnswerBytes = 65_536;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[MaxAnswerBytes];

    /// <summary>The status of the answer; 0 where there is no connection, or it ended without one.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            if (!_socket.Connected) await _socket.ConnectAsync(IPEndPoint.Parse(new Uri(url).Authority));
            while (!request.IsEmpty) request = request[await _socket.SendAsync(request)..];
            var length = 0;
            do
            {
                var read = await _socket.ReceiveAsync(_answer.AsMemory(length));
                if (read == 0) return 0;
                length += read;
            }
            while (!IsWhole(_answer.AsSpan(0, length)));
            return ((_answer[9] - '0') * 100) + ((_answer[10] - '0') * 10) + (_answer[11] - '0');
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = answer[..end];
        var body = answer[(end + 4)..];
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0) return head.IndexOf("chunked"u8) < 0 || body.EndsWith("0\r\n\r\n"u8);
        var length = 0;
        foreach (var digit in head[(at + 16)..])
        {
            if (digit is < (byte)'0' or > (byte)'9') break;
            length = (length * 10) + (digit - '0');
        }

        return body.Length >= length;
    }
}
