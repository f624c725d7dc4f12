using System.Collections.Frozen;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Vici;

/// <summary>
/// Makes vici events of what happens on the node, for the clients that have registered for them. While there are none the node is not observed, so
/// that nothing is made for nobody. Called on the threads of actors: it only queues.
/// </summary>
internal sealed class ViciEvents(ConcentratorNode node, SaDescription sas) : IObserver<NodeEvent>
{
    private const string Log = "log";

    /// <summary>What clients may register for: those of the stream of a command, and those that come unasked.</summary>
    public static FrozenSet<string> Names { get; } =
        new[] { "list-sa", "list-conn", "list-cert", "list-authority", "list-policy", "control-log", Log, "alert", "ike-updown", "ike-rekey", "ike-update", "child-updown", "child-rekey" }.ToFrozenSet();

    private readonly Lock _lock = new();
    private ViciConnection[] _clients = [];
    private IDisposable? _subscription;

    /// <summary>Lines of the log are wanted.</summary>
    public bool HearsLog => Hears(Log);

    public void Join(ViciConnection client)
    {
        lock (_lock)
        {
            if (!_clients.Contains(client)) _clients = [.. _clients, client];
            _subscription ??= node.Events.Subscribe(this);
        }
    }

    public void Leave(ViciConnection client)
    {
        lock (_lock)
        {
            _clients = [.. _clients.Where(c => c != client)];
            if (_clients.Length > 0) return;
            _subscription?.Dispose();
            _subscription = null;
        }
    }

    public void OnNext(NodeEvent value)
    {
        if (Alert.Of(value) is { } alert) Raise("alert", alert.Write);
        switch (value)
        {
            case IkeSaHappened { Event: StateChanged { To: IkeSaState.Established } } up:
                Raise("ike-updown", up.IkeSa, (writer, ikeSa) => sas.WriteIkeSa(writer.Put("up", "yes"), ikeSa, _ => false));
                break;
            // Its peer closed it: what is left is an answer that may have to be repeated.
            case IkeSaHappened { Event: StateChanged { To: IkeSaState.Tombstone } } down:
                Raise("ike-updown", down.IkeSa, (writer, ikeSa) => sas.WriteIkeSa(writer, ikeSa, _ => false));
                break;
            case IkeSaEnded down when node.Find(down.IkeSa.Session) is not { State: IkeSaState.Tombstone }:
                Raise("ike-updown", down.IkeSa, (writer, ikeSa) => sas.WriteIkeSa(writer, ikeSa, _ => false));
                break;
            case IkeSaMoved moved:
                Raise("ike-update", moved.IkeSa, (writer, ikeSa) => sas.WriteMove(writer, ikeSa, moved));
                break;
            case IkeSaHappened { Event: IkeSaRekeyed rekeyed } ike:
                Raise("ike-rekey", ike.IkeSa, (writer, ikeSa) => sas.WriteIkeRekey(writer, ikeSa, rekeyed.OldLocalSpi));
                break;
            case IkeSaHappened { Event: ChildRekeyed rekeyed } ike:
                Raise("child-rekey", ike.IkeSa, (writer, ikeSa) => sas.WriteChildRekey(writer, ikeSa, rekeyed.OldInboundSpi, rekeyed.InboundSpi));
                break;
            case ChildSaStateChanged { To: ChildSaState.Installed } up:
                Raise("child-updown", up.IkeSa, (writer, ikeSa) => sas.WriteIkeSa(writer.Put("up", "yes"), ikeSa, child => child.Number == up.Child.Number));
                break;
            case ChildSaStateChanged { From: ChildSaState.Installed, To: ChildSaState.Deleting } down:
                Raise("child-updown", down.IkeSa, (writer, ikeSa) => sas.WriteIkeSa(writer, ikeSa, child => child.Number == down.Child.Number));
                break;
        }
    }

    /// <summary>One line of the log, as it stands there; on the thread that wrote it, which knows of whom.</summary>
    public void OnLogLine(string group, int level, string text) => Raise(Log, writer =>
    {
        writer.Put("group", group).Put("level", level);
        if (LogSubject.Current is { IkeSa: { Number: > 0 } ikeSa }) writer.Put("ikesa-name", ikeSa.Name).Put("ikesa-uniqueid", ikeSa.Number);
        writer.Put("msg", text);
    });

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private bool Hears(string name) => Array.Exists(Volatile.Read(ref _clients), client => client.Hears(name));

    /// <summary>About an IKE SA that was up once: what never came up is told in the log alone.</summary>
    private void Raise(string name, IkeSaName ikeSa, Action<ViciWriter, IkeSaSnapshot> write)
    {
        if (Hears(name) && node.Find(ikeSa.Session) is { EstablishedAt: not null } snapshot) Raise(name, writer => write(writer, snapshot));
    }

    private void Raise(string name, Action<ViciWriter> write)
    {
        if (!Hears(name)) return;
        ViciWriter writer = ViciWriter.Event(name);
        write(writer);
        byte[] packet = writer.ToPacket();
        foreach (ViciConnection client in Volatile.Read(ref _clients))
            if (client.Hears(name)) client.Offer(packet);
    }
}
