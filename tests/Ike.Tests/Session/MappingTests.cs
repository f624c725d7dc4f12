using System.Net;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>NATs without MOBIKE: keepalives, and a peer whose mapping changes (RFC 7296 §2.23, RFC 3948 §4).</summary>
public sealed class MappingTests
{
    private IPEndPoint _outer = new(IPAddress.Parse("203.0.113.9"), 40_000);

    [Fact]
    public void Only_the_host_behind_the_nat_keeps_the_mapping_alive_and_only_while_it_is_silent()
    {
        Pair pair = BehindNat().Establish();
        pair.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal([20.0, 40.0, 60.0], pair.Initiator.Keepalives.Select(k => k.At.TotalSeconds));
        Assert.All(pair.Initiator.Keepalives, k => Assert.Equal((4500, 4500, true), (k.Path.Local.Port, k.Path.Remote.Port, k.Path.NonEspMarker)));

        pair.Tell(pair.Initiator, new RekeyIkeSa());
        pair.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(90.0, pair.Initiator.Keepalives[^1].At.TotalSeconds);
        Assert.Equal(4, pair.Initiator.Keepalives.Count);
        Assert.Empty(pair.Responder.Keepalives);
    }

    [Fact]
    public void Esp_that_goes_out_keeps_the_mapping_alive_as_well()
    {
        Pair pair = BehindNat().Establish();
        for (ulong packets = 1; packets <= 10; packets++)
        {
            pair.Advance(TimeSpan.FromSeconds(9));
            pair.Initiator.Kernel.Sent[1] = packets;
        }

        Assert.Empty(pair.Initiator.Keepalives);
        // The last one left at 90 s; the mapping is never idle for longer than 20.
        pair.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(pair.Initiator.Keepalives[0].At.TotalSeconds, 100, 110);
    }

    [Fact]
    public void Esp_that_comes_in_does_not()
    {
        Pair pair = BehindNat().Establish();
        for (ulong packets = 1; packets <= 14; packets++)
        {
            pair.Advance(TimeSpan.FromSeconds(5));
            pair.Initiator.Kernel.Received[1] = packets;
        }

        Assert.Equal([20.0, 40.0, 60.0], pair.Initiator.Keepalives.Select(k => k.At.TotalSeconds));
    }

    [Fact]
    public void A_kernel_that_does_not_say_what_went_out_stops_no_keepalive()
    {
        Pair pair = BehindNat().Establish();
        pair.Initiator.Kernel.IsSilent = true;
        pair.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal([22.0, 44.0, 66.0], pair.Initiator.Keepalives.Select(k => k.At.TotalSeconds));
        // An answer that comes too late is no reason for another.
        pair.Tell(pair.Initiator, new TrafficCounted(new Dictionary<uint, PacketCount> { [1] = new(0, 5) }));
        Assert.Equal(3, pair.Initiator.Keepalives.Count);
    }

    [Fact]
    public void Without_a_child_the_kernel_is_not_asked()
    {
        Pair pair = BehindNat().Establish();
        pair.Tell(pair.Initiator, new CloseChild(1));
        pair.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal((2, 0), (pair.Initiator.Keepalives.Count, pair.Initiator.Kernel.Questions));
    }

    [Fact]
    public void Without_a_nat_and_with_keepalives_turned_off_there_are_none()
    {
        foreach (Pair pair in new[] { new Pair(), BehindNat(o => o.InitiatorSession = c => c with { KeepAlive = TimeSpan.Zero }) })
        {
            pair.Establish().Advance(TimeSpan.FromMinutes(5));
            Assert.Empty(pair.Initiator.Keepalives);
            Assert.False(pair.Initiator.HasTimer(TimerKind.Keepalive));
        }
    }

    [Fact]
    public void Keepalives_end_with_the_ike_sa()
    {
        Pair pair = BehindNat().Establish();
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(pair.Initiator.Keepalives);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_new_request_from_another_mapping_takes_path_and_sas_along()
    {
        Pair pair = BehindNat().Establish("net", "second");
        _outer = new IPEndPoint(IPAddress.Parse("203.0.113.77"), 51_111);
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        Assert.Equal(_outer, pair.Responder.Session.Path!.Remote);
        Assert.Equal([1u, 2u], pair.Responder.Kernel.Moves.Select(m => m.ChildId).Order());
        Assert.All(pair.Responder.Kernel.Moves, m => Assert.Equal((_outer, 4500, true), (m.Move.Remote, m.Move.Local.Port, m.Move.UdpEncapsulation)));
        Assert.Empty(pair.Initiator.Kernel.Moves);

        // Requests of the responder's own go there.
        pair.Tell(pair.Responder, new RekeyChild(1));
        Assert.All(pair.Responder.Kernel.Installed.Values, child => Assert.Equal(_outer, child.RemoteEndpoint));
    }

    [Fact]
    public void A_new_response_from_another_mapping_does_so_too()
    {
        Pair pair = BehindNat().Establish();
        bool moved = false;
        pair.Network = (packet, toResponder) =>
        {
            if (toResponder && !moved) (moved, _outer) = (true, new IPEndPoint(_outer.Address, 50_000));
            return packet;
        };
        pair.Tell(pair.Responder, new RekeyIkeSa());
        Assert.Equal(50_000, pair.Responder.Session.Path!.Remote.Port);
    }

    // A replayed, repeated or forged message proves nothing of where the peer is.
    [Fact]
    public void Old_repeated_and_forged_messages_move_nothing()
    {
        Pair pair = BehindNat().Establish();
        pair.Tell(pair.Initiator, new RekeyChild(1));
        List<Packet> old = [.. pair.Wire.Where(p => p.Path.Local.Address.Equals(pair.Initiator.Address.Address) && p.Path.NonEspMarker)];
        Assert.True(old.Count >= 3);
        IkePath before = pair.Responder.Session.Path!;
        IkePath elsewhere = before with { Remote = new IPEndPoint(IPAddress.Parse("198.51.100.66"), 6_666) };
        foreach (Packet packet in old)
        {
            pair.Inject(pair.Responder, packet.Octets, elsewhere);
            byte[] forged = [.. packet.Octets];
            forged[23]++;
            pair.Inject(pair.Responder, forged, elsewhere);
            forged[^1] ^= 1;
            pair.Inject(pair.Responder, forged, elsewhere);
        }

        Assert.Equal(before, pair.Responder.Session.Path);
        Assert.Empty(pair.Responder.Kernel.Moves);
        // The repetition of the last request has its response, where it came from, and nowhere else.
        Assert.All(pair.Responder.Outbox, packet => Assert.Equal(elsewhere.Remote, packet.Path.Remote));
    }

    [Fact]
    public void The_host_behind_the_nat_does_not_follow()
    {
        Pair pair = BehindNat().Establish();
        IkePath before = pair.Initiator.Session.Path!;
        pair.Options.Translate = (source, toResponder) => toResponder ? _outer : new IPEndPoint(IPAddress.Parse("198.51.100.5"), 4500);
        pair.Tell(pair.Responder, new RekeyIkeSa());
        Assert.Equal(before, pair.Initiator.Session.Path);
        pair.Tell(pair.Initiator, new MappingChanged(1, new IPEndPoint(IPAddress.Parse("198.51.100.5"), 4500)));
        Assert.Equal(before, pair.Initiator.Session.Path);
        Assert.Empty(pair.Initiator.Kernel.Moves);
    }

    [Fact]
    public void Without_a_nat_nobody_follows()
    {
        Pair pair = new Pair().Establish();
        IkePath before = pair.Responder.Session.Path!;
        pair.Options.Translate = (source, toResponder) => toResponder ? new IPEndPoint(IPAddress.Parse("198.51.100.5"), 500) : source;
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        Assert.Equal(before, pair.Responder.Session.Path);
    }

    [Fact]
    public void What_the_kernel_sees_of_esp_moves_path_and_sas_once()
    {
        Pair pair = BehindNat().Establish("net", "second");
        IPEndPoint seen = new(IPAddress.Parse("203.0.113.9"), 41_234);
        pair.Tell(pair.Responder, new MappingChanged(1, seen));
        Assert.Equal(seen, pair.Responder.Session.Path!.Remote);
        Assert.Equal(2, pair.Responder.Kernel.Moves.Count);
        // Told again, of a packet that was on its way: that child alone, to where it is.
        pair.Tell(pair.Responder, new MappingChanged(2, seen));
        Assert.Equal((2u, seen), (pair.Responder.Kernel.Moves[^1].ChildId, pair.Responder.Kernel.Moves[^1].Move.Remote));
        Assert.Equal(3, pair.Responder.Kernel.Moves.Count);
    }

    // F4: a child that cannot follow is deleted and built anew.
    [Fact]
    public void A_child_that_cannot_be_moved_is_deleted_and_built_anew_by_the_side_that_wants_it()
    {
        Pair pair = BehindNat(o => o.ResponderChild = c => c with { StartAction = Concentrator.Ike.Configuration.ChildAction.None }).Establish();
        pair.Responder.Kernel.RefuseMoves = true;
        pair.Tell(pair.Responder, new MappingChanged(1, new IPEndPoint(IPAddress.Parse("203.0.113.9"), 41_234)));
        Assert.Contains("INFORMATIONAL request 0 [ D ]", pair.Responder.Sent);
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void A_child_that_is_being_installed_is_moved_when_it_is_there_and_one_that_only_receives_too()
    {
        Pair pair = BehindNat().Establish();
        pair.Tell(pair.Initiator, new RekeyChild(1));
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
        pair.Tell(pair.Responder, new MappingChanged(2, new IPEndPoint(IPAddress.Parse("203.0.113.9"), 41_234)));
        Assert.Equal([1u, 2u], pair.Responder.Kernel.Moves.Select(m => m.ChildId).Order());
        pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    private Pair BehindNat(Action<PairOptions>? configure = null) => new(o =>
    {
        o.Translate = (source, toResponder) => toResponder ? _outer : source;
        configure?.Invoke(o);
    });
}
