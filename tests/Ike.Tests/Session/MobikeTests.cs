using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>MOBIKE (RFC 4555) between two sessions: addresses come and go, the SAs stay.</summary>
public sealed class MobikeTests
{
    private const string Home = "192.0.2.1", Away = "198.51.100.1", Gateway = "192.0.2.2", Spare = "203.0.113.2";

    private readonly Places _initiator = new(Home);
    private readonly Places _responder = new(Gateway);

    /// <summary>Packets to these addresses do not arrive.</summary>
    private readonly HashSet<string> _dead = [];

    [Fact]
    public void Both_say_that_they_know_it_and_go_on_at_the_nat_port()
    {
        _initiator.Addresses.Add(IPAddress.Parse(Away));
        Pair pair = Establish();
        Assert.Equal("IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr N(INIT_CONTACT) N(MOBIKE_SUP) N(ADD_4_ADDR) ]", pair.Initiator.Sent.Last());
        Assert.Contains("N(MOBIKE_SUP)", pair.Responder.Sent.Last());
        Assert.Equal((4500, true), (pair.Initiator.Session.Path!.Remote.Port, pair.Initiator.Session.Path.NonEspMarker));
        Assert.All(pair.Responder.Kernel.Installed.Values, child => Assert.False(child.UdpEncapsulation));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void One_that_does_not_want_it_is_left_where_it_is(bool initiatorWants, bool responderWants)
    {
        Pair pair = Establish(o =>
        {
            o.InitiatorConnection = c => c with { Mobike = initiatorWants };
            o.ResponderConnection = c => c with { Mobike = responderWants };
        });
        IkePath before = pair.Initiator.Session.Path!;
        _initiator.Move(Home, Away);
        pair.Tell(pair.Initiator, new AddressesChanged());
        Assert.Equal(before, pair.Initiator.Session.Path);
        Assert.Empty(pair.Initiator.Kernel.Moves);
        Assert.DoesNotContain("N(MOBIKE_SUP)", pair.Responder.Sent.Last());
    }

    // RFC 4555 §3.5
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_initiator_moves_and_the_sas_follow_on_both_sides(bool proof)
    {
        Pair pair = Establish(o => o.ResponderSession = c => _responder.Give(c) with { ReturnRoutability = proof });
        MoveAway(pair);

        Assert.Equal("INFORMATIONAL request 2 [ N(UPD_SA_ADDR) N(NATD_S_IP) N(NATD_D_IP) N(NO_ADD_ADDR) N(COOKIE2) ]", pair.Initiator.Sent.First(s => s.Contains("UPD_SA_ADDR")));
        Assert.Contains("INFORMATIONAL response 2 [ N(NATD_S_IP) N(NATD_D_IP) N(COOKIE2) ]", pair.Responder.Sent);
        Assert.Equal(proof, pair.Responder.Sent.Contains("INFORMATIONAL request 0 [ N(COOKIE2) ]"));
        AssertAt(pair, Away, Gateway, encapsulated: false);
        pair.Tell(pair.Initiator, new RekeyChild(1));
        pair.Advance(TimeSpan.FromSeconds(10));
        AssertAt(pair, Away, Gateway, encapsulated: false);
    }

    // RFC 4555 §3.7
    [Fact]
    public void The_responder_moves_no_sa_before_the_new_address_has_answered()
    {
        Pair pair = Establish();
        pair.Network = (packet, toResponder) => !toResponder && pair.Responder.Sent.Last().Contains("request") ? null : packet;
        _initiator.Move(Home, Away);
        pair.Tell(pair.Initiator, new AddressesChanged());
        Assert.Equal(Away, pair.Responder.Session.Path!.Remote.Address.ToString());
        Assert.Empty(pair.Responder.Kernel.Moves);
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(5));
        AssertAt(pair, Away, Gateway, encapsulated: false);
    }

    [Fact]
    public void What_is_on_its_way_is_repeated_from_the_new_address_and_the_update_waits_behind_it()
    {
        Pair pair = Establish();
        pair.Network = (packet, _) => null;
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        pair.Network = (packet, _) => packet;
        pair.Wire.Clear();
        _initiator.Move(Home, Away);
        pair.Tell(pair.Initiator, new AddressesChanged());
        List<string> sent = [.. pair.Initiator.Sent.SkipWhile(s => !s.StartsWith("CREATE_CHILD_SA", StringComparison.Ordinal))];
        Assert.Equal("CREATE_CHILD_SA request 2 [ SA No KE ]", sent[0]);
        Assert.Equal(sent[0], sent[1]);
        Assert.Contains("UPD_SA_ADDR", string.Join(' ', sent.Skip(2)));
        Assert.All(pair.Wire.Where(p => p.Path.Local.Address.ToString() != Gateway), p => Assert.Equal(Away, p.Path.Local.Address.ToString()));
        AssertAt(pair, Away, Gateway, encapsulated: false);
    }

    [Fact]
    public void A_second_move_while_the_first_is_being_told_is_the_one_that_counts()
    {
        Pair pair = Establish();
        pair.Network = (packet, _) => null;
        _initiator.Move(Home, "198.51.100.50");
        pair.Tell(pair.Initiator, new AddressesChanged());
        pair.Network = (packet, _) => packet;
        _initiator.Move("198.51.100.50", Away);
        pair.Tell(pair.Initiator, new AddressesChanged());
        AssertAt(pair, Away, Gateway, encapsulated: false);
        Assert.Equal(2, pair.Initiator.Sent.Distinct().Count(s => s.Contains("UPD_SA_ADDR")));
    }

    [Fact]
    public void Without_a_route_it_waits_and_goes_on_when_there_is_one()
    {
        Pair pair = Establish();
        _initiator.Move(Home, null);
        pair.Tell(pair.Initiator, new AddressesChanged());
        Assert.DoesNotContain(pair.Initiator.Sent, s => s.Contains("UPD_SA_ADDR"));
        _initiator.Addresses.Add(IPAddress.Parse(Away));
        pair.Tell(pair.Initiator, new AddressesChanged());
        AssertAt(pair, Away, Gateway, encapsulated: false);
    }

    [Fact]
    public void It_goes_into_a_nat_and_out_of_it()
    {
        Pair pair = Establish();
        pair.Options.Translate = (source, toResponder) => toResponder && source.Address.ToString() == Away ? new IPEndPoint(IPAddress.Parse("203.0.113.200"), 33_333) : source;
        MoveAway(pair);
        Assert.Equal(("203.0.113.200", 33_333), (pair.Responder.Session.Path!.Remote.Address.ToString(), pair.Responder.Session.Path.Remote.Port));
        Assert.All(pair.Initiator.Kernel.Installed.Values.Concat(pair.Responder.Kernel.Installed.Values), child => Assert.True(child.UdpEncapsulation));
        pair.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(2, pair.Initiator.Keepalives.Count);

        _initiator.Move(Away, Home);
        pair.Tell(pair.Initiator, new AddressesChanged());
        AssertAt(pair, Home, Gateway, encapsulated: false);
        pair.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(2, pair.Initiator.Keepalives.Count);
    }

    // RFC 4555 §3.8
    [Fact]
    public void A_nat_that_forgets_is_found_out_by_the_liveness_check()
    {
        int port = 33_333;
        Pair pair = Establish(o =>
        {
            o.Translate = (source, toResponder) => toResponder ? new IPEndPoint(IPAddress.Parse("203.0.113.200"), port) : source;
            o.InitiatorConnection = c => c with { Mobike = true, DpdDelay = TimeSpan.FromSeconds(30) };
        });
        port = 44_444;
        pair.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(33_333, pair.Responder.Session.Path!.Remote.Port);
        pair.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(44_444, pair.Responder.Session.Path!.Remote.Port);
        Assert.All(pair.Responder.Kernel.Installed.Values, child => Assert.Equal(44_444, child.RemoteEndpoint.Port));
        Assert.Single(pair.Initiator.Sent, s => s.Contains("UPD_SA_ADDR"));
    }

    [Fact]
    public void Any_other_exchange_from_elsewhere_moves_nothing()
    {
        int port = 33_333;
        Pair pair = Establish(o => o.Translate = (source, toResponder) => toResponder ? new IPEndPoint(IPAddress.Parse("203.0.113.200"), port) : source);
        IkePath before = pair.Responder.Session.Path!;
        port = 44_444;
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        Assert.Equal(before, pair.Responder.Session.Path);
        Assert.Empty(pair.Responder.Kernel.Moves);

        // ESP alone may follow what the kernel sees.
        pair.Tell(pair.Responder, new MappingChanged(1, new IPEndPoint(IPAddress.Parse("203.0.113.200"), 44_444)));
        Assert.Equal(before, pair.Responder.Session.Path);
        Assert.Equal(44_444, Assert.Single(pair.Responder.Kernel.Moves).Move.Remote.Port);
    }

    [Fact]
    public void Old_updates_move_nothing()
    {
        Pair pair = Establish();
        MoveAway(pair);
        Packet[] updates = [.. pair.Wire.Where(p => p.Path.Local.Address.ToString() == Away)];
        int moves = pair.Responder.Kernel.Moves.Count;
        IkePath before = pair.Responder.Session.Path!;
        IkePath elsewhere = before with { Remote = new IPEndPoint(IPAddress.Parse("198.51.100.66"), 6_666) };
        foreach (Packet packet in updates) pair.Inject(pair.Responder, packet.Octets, elsewhere);
        Assert.Equal(before, pair.Responder.Session.Path);
        Assert.Equal(moves, pair.Responder.Kernel.Moves.Count);
    }

    [Fact]
    public void An_address_that_the_configuration_does_not_allow_is_refused_and_the_ike_sa_is_built_anew()
    {
        Pair pair = Establish(o => o.ResponderConnection = c => c with { Mobike = true, RemoteAddresses = [new AddressRange(IPAddress.Parse(Home), IPAddress.Parse(Home))] });
        MoveAway(pair);
        Assert.Contains("N(UNACCEPT_ADDR)", pair.Responder.Sent.First(s => s.Contains("response 2")));
        Assert.Empty(pair.Responder.Kernel.Moves);
        Assert.Equal(EndReason.AddressesRefused, pair.Initiator.End);
    }

    [Fact]
    public void Our_own_configuration_limits_where_we_go()
    {
        Pair pair = Establish(o => o.InitiatorConnection = c => c with { Mobike = true, LocalAddresses = [new AddressRange(IPAddress.Parse(Home), IPAddress.Parse(Home))] });
        MoveAway(pair);
        Assert.Empty(pair.Initiator.Kernel.Moves);
        Assert.DoesNotContain(pair.Initiator.Sent, s => s.Contains("UPD_SA_ADDR"));
    }

    // RFC 4555 §3.6
    [Fact]
    public void A_responder_whose_address_goes_says_so_from_another_and_the_initiator_moves()
    {
        _responder.Addresses.Add(IPAddress.Parse(Spare));
        Pair pair = Establish();
        _dead.Add(Gateway);
        _responder.Move(Gateway, null);
        pair.Tell(pair.Responder, new AddressesChanged());
        Assert.Contains(pair.Responder.Sent, s => s.Contains("N(NO_ADD_ADDR)"));
        AssertAt(pair, Home, Spare, encapsulated: false);
    }

    /// <summary>A service address of a cluster is at another node for a moment, before its sessions are.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_address_that_hosts_share_is_not_left(bool ofInitiator)
    {
        _initiator.Addresses.Add(IPAddress.Parse(Away));
        _responder.Addresses.Add(IPAddress.Parse(Spare));
        Pair pair = Establish(o =>
        {
            o.InitiatorSession = c => _initiator.Give(c) with { IsShared = address => address.ToString() == Home };
            o.ResponderSession = c => _responder.Give(c) with { IsShared = address => address.ToString() == Gateway };
        });
        (ofInitiator ? _initiator : _responder).Move(ofInitiator ? Home : Gateway, null);
        pair.Tell(ofInitiator ? pair.Initiator : pair.Responder, new AddressesChanged());
        AssertAt(pair, Home, Gateway, encapsulated: false);
        Assert.Empty(pair.Initiator.Kernel.Moves);
        Assert.Empty(pair.Responder.Kernel.Moves);
    }

    [Fact]
    public void A_further_address_of_the_responder_is_told_and_nothing_moves()
    {
        Pair pair = Establish();
        _responder.Addresses.Add(IPAddress.Parse(Spare));
        pair.Tell(pair.Responder, new AddressesChanged());
        pair.Tell(pair.Responder, new AddressesChanged());
        Assert.Single(pair.Responder.Sent, s => s.Contains("N(ADD_4_ADDR)") && s.Contains("request"));
        AssertAt(pair, Home, Gateway, encapsulated: false);
    }

    [Fact]
    public void A_peer_that_falls_silent_is_sought_at_its_other_address()
    {
        _responder.Addresses.Add(IPAddress.Parse(Spare));
        Pair pair = Establish(o => o.InitiatorConnection = c => c with { Mobike = true, DpdDelay = TimeSpan.FromSeconds(10) });
        _dead.Add(Gateway);
        pair.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        AssertAt(pair, Home, Spare, encapsulated: false);
    }

    [Fact]
    public void A_child_that_cannot_be_moved_is_deleted_and_built_anew()
    {
        Pair pair = Establish();
        pair.Initiator.Kernel.RefuseMoves = true;
        MoveAway(pair);
        pair.Initiator.Kernel.RefuseMoves = false;
        pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains(pair.Initiator.Sent, s => s.EndsWith("[ D ]", StringComparison.Ordinal));
        AssertAt(pair, Away, Gateway, encapsulated: false);
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void After_an_ike_sa_rekeying_by_the_other_side_it_is_still_the_first_initiator_that_moves()
    {
        Pair pair = Establish();
        pair.Tell(pair.Responder, new RekeyIkeSa());
        pair.Advance(TimeSpan.FromSeconds(1));
        MoveAway(pair);
        AssertAt(pair, Away, Gateway, encapsulated: false);
    }

    private Pair Establish(Action<PairOptions>? configure = null)
    {
        Pair pair = new(o =>
        {
            o.Mobike = true;
            o.InitiatorSession = _initiator.Give;
            o.ResponderSession = _responder.Give;
            configure?.Invoke(o);
        });
        pair.Network = (packet, _) => _dead.Contains(packet.Path.Remote.Address.ToString()) || _dead.Contains(packet.Path.Local.Address.ToString()) ? null : packet;
        return pair.Establish();
    }

    private void MoveAway(Pair pair)
    {
        _initiator.Move(Home, Away);
        pair.Tell(pair.Initiator, new AddressesChanged());
    }

    private static void AssertAt(Pair pair, string initiator, string responder, bool encapsulated)
    {
        Assert.Equal((initiator, responder), (pair.Initiator.Session.Path!.Local.Address.ToString(), pair.Initiator.Session.Path.Remote.Address.ToString()));
        Assert.Equal((responder, initiator), (pair.Responder.Session.Path!.Local.Address.ToString(), pair.Responder.Session.Path.Remote.Address.ToString()));
        foreach ((TestPeer peer, string local, string remote) in new[] { (pair.Initiator, initiator, responder), (pair.Responder, responder, initiator) })
        {
            Assert.NotEmpty(peer.Kernel.Installed);
            Assert.All(peer.Kernel.Installed.Values, child => Assert.Equal(
                (local, remote, encapsulated), (child.LocalEndpoint.Address.ToString(), child.RemoteEndpoint.Address.ToString(), child.UdpEncapsulation)));
        }
    }
}
