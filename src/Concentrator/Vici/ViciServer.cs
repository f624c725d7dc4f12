using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Concentrator.Vici;

/// <summary>
/// Listens on a unix socket that its owner alone may use, and serves each client by itself. Owned by the program; its end ends
/// all clients and takes the socket's file away.
/// </summary>
internal sealed class ViciServer : IAsyncDisposable
{
    private const int MostClients = 64;

    private readonly string _path;
    private readonly Socket _listener;
    private readonly ViciCommands _commands;
    private readonly ViciEvents _events;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MostClients);
    private readonly Task _accepting;

    private ViciServer(string path, Socket listener, ViciCommands commands, ViciEvents events)
    {
        _path = path;
        _listener = listener;
        _commands = commands;
        _events = events;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <exception cref="ViciException">The socket cannot be made; the message says why.</exception>
    public static ViciServer Start(string path, ViciCommands commands, ViciEvents events)
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            RemoveStale(path);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            // Before anybody can connect: that takes Listen.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(MostClients);
            return new ViciServer(path, listener, commands, events);
        }
        catch (Exception refused) when (refused is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            throw new ViciException($"{path}: {refused.Message}");
        }
    }

    /// <summary>A socket nobody listens on is left over from a program that was killed.</summary>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path)) return;
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }

    private async Task AcceptAsync()
    {
        List<Task> clients = [];
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
                Socket socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                clients.RemoveAll(client => client.IsCompleted);
                clients.Add(ServeAsync(socket));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using ViciConnection connection = new(socket, _commands, _events);
        await connection.RunAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _places.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        File.Delete(_path);
        _stop.Dispose();
        _places.Dispose();
    }
}
