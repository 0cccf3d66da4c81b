using System.Net;
using System.Net.Sockets;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>Passes TCP on to a server on loopback, and cuts all connections after a given number of further bytes.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;
    private long? _requestBytesLeft;
    private long? _responseBytesLeft;
    private int _cuts;
    private bool _refuses;

    public CuttingProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string ConnectionString => $"esdb://127.0.0.1:{Port}?tls=false&discoveryInterval=20&maxDiscoverAttempts=20";

    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts after this many more bytes towards the server.</summary>
    public void CutAfterRequestBytes(long bytes)
    {
        lock (_lock)
            _requestBytesLeft = bytes;
    }

    /// <summary>Cuts after this many more bytes from the server; what it has sent beyond is lost.</summary>
    public void CutAfterResponseBytes(long bytes)
    {
        lock (_lock)
            _responseBytesLeft = bytes;
    }

    /// <summary>While set, connections are closed as soon as they are made.</summary>
    public bool Refuses
    {
        get => Volatile.Read(ref _refuses);
        set => Volatile.Write(ref _refuses, value);
    }

    public void CutNow()
    {
        lock (_lock)
        {
            (_requestBytesLeft, _responseBytesLeft) = (null, null);
            foreach (var socket in _open)
                socket.Close(0);
            _open.Clear();
        }

        Interlocked.Increment(ref _cuts);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        CutNow();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                passing.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            CutNow();
        }

        await Task.WhenAll(passing);
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            if (Refuses)
            {
                client.Close(0);
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            lock (_lock)
                _open.AddRange([client, server]);
            await Task.WhenAll(PassAsync(client, server, isRequest: true), PassAsync(server, client, isRequest: false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            client.Close(0);
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isRequest)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                var (allowed, cut) = Take(count, isRequest);
                if (allowed > 0)
                    await to.SendAsync(buffer.AsMemory(0, allowed), _stop.Token);
                if (cut)
                    CutNow();
            }
        }
        finally
        {
            from.Close(0);
            to.Close(0);
        }
    }

    private (int Allowed, bool Cut) Take(int count, bool isRequest)
    {
        lock (_lock)
        {
            ref var left = ref isRequest ? ref _requestBytesLeft : ref _responseBytesLeft;
            if (left is not { } bytes)
                return (count, false);
            left = bytes - count;
            return left > 0 ? (count, false) : ((int)bytes, true);
        }
    }
}
