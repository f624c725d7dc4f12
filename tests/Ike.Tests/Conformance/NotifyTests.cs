using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Notifies of every type: unknown ones, in wrong places, and those that nobody vouches for (RFC 7296 §2.3, §2.4, §2.21, §3.10).</summary>
public sealed class NotifyTests
{
    /// <summary>Status types of RFC 7296 and its neighbours that we do not act upon where they are put, and some that nobody has defined.</summary>
    private static readonly Payload[] Strange =
    [
        .. new[] { 16385, 16386, 16392, 16394, 16395, 16400, 16403, 16404, 16406, 16417, 16419, 16420, 16435, 16438, 16444, 20000, 40960, 65535 }
            .Select(n => new NotifyPayload((NotifyType)n, new byte[4])),
        new NotifyPayload((NotifyType)41000, new byte[200], ProtocolId.Esp, new byte[4]),
        new NotifyPayload((NotifyType)41001, default, (ProtocolId)250, new byte[255]),
        new VendorIdPayload("a vendor of nobody's"u8.ToArray()),
        new VendorIdPayload(default),
    ];

    [Fact]
    public void Unknown_status_notifies_and_vendor_ids_are_ignored_in_every_request()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder, Strange);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate(Strange)!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 2 [ SA No TSi TSr ]", initiator.Send(ExchangeType.CreateChildSa, [.. Strange, .. Parts.Child])!.Summary);
        Assert.Equal("INFORMATIONAL response 3 [ ]", initiator.Send(ExchangeType.Informational, Strange)!.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
    }

    [Fact]
    public void They_are_ignored_in_every_response()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair, Strange);
        Assert.Null(responder.Answer([.. Strange, .. responder.Proof]));
        IkeMessage request = responder.Await(new InitiateChild("second"))!;
        Assert.Null(responder.Answer([.. Strange, HandmadeInitiator.EspOffer, Parts.Nonce, .. request.Payloads.OfType<TsPayload>()]));
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal("INFORMATIONAL request 3 [ D ]", responder.Await(new CloseChild(2))!.Summary);
        Assert.Null(responder.Answer([.. Strange, new DeletePayload(ProtocolId.Esp, [0xc1000001])]));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4000)]
    [InlineData(8192)]
    [InlineData(16383)]
    public void An_unknown_error_in_a_request_is_ignored(int type)
    {
        var error = new NotifyPayload((NotifyType)type, new byte[7]);
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder, error);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate(error)!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 2 [ SA No TSi TSr ]", initiator.Send(ExchangeType.CreateChildSa, [error, .. Parts.Child])!.Summary);
        Assert.Equal("INFORMATIONAL response 3 [ ]", initiator.Send(ExchangeType.Informational, error)!.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4000)]
    [InlineData(16383)]
    public void An_unknown_error_in_a_response_means_that_the_request_has_failed_entirely(int type)
    {
        var error = new NotifyPayload((NotifyType)type);
        var during = new Pair();
        using HandmadeResponder responder = new(during);
        Assert.Equal("INFORMATIONAL request 2 [ D ]", responder.Answer([.. responder.Proof, error])!.Summary);
        Assert.Null(responder.Answer());
        Assert.Equal(EndReason.RefusedByPeer, during.Initiator.End);
        Assert.Equal(0, during.Initiator.Kernel.InstallAttempts);
        during.Initiator.AssertNothingLeft();

        var after = new Pair();
        using HandmadeResponder later = HandmadeResponder.Established(after);
        IkeMessage request = later.Await(new InitiateChild("second"))!;
        Assert.Null(later.Answer([HandmadeInitiator.EspOffer, Parts.Nonce, .. request.Payloads.OfType<TsPayload>(), error]));
        Assert.Single(after.Initiator.Kernel.Installed);
        Assert.Empty(after.Initiator.Kernel.Reserved);
        Assert.Equal(IkeSaState.Established, after.Initiator.Session.State);
    }

    [Theory]
    [InlineData(NotifyType.NoProposalChosen)]
    [InlineData(NotifyType.TsUnacceptable)]
    [InlineData(NotifyType.SinglePairRequired)]
    [InlineData(NotifyType.InternalAddressFailure)]
    [InlineData(NotifyType.FailedCpRequired)]
    [InlineData(NotifyType.NoAdditionalSas)]
    [InlineData(NotifyType.TemporaryFailure)]
    public void An_error_about_the_child_beside_a_good_proof_costs_the_child_alone(NotifyType type)
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        Assert.Null(responder.Answer(responder.Id, responder.Prove(), new NotifyPayload(type)));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Empty(pair.Initiator.Kernel.Reserved);
        Assert.Empty(pair.Initiator.Kernel.Installed);
    }

    [Theory]
    [InlineData(NotifyType.AuthenticationFailed)]
    [InlineData(NotifyType.InvalidSyntax)]
    [InlineData(NotifyType.UnsupportedCriticalPayload)]
    public void The_fatal_errors_of_ike_auth_end_the_ike_sa_whatever_stands_beside_them(NotifyType type)
    {
        foreach (bool withProof in new[] { false, true })
        {
            var pair = new Pair();
            using HandmadeResponder responder = new(pair);
            Payload error = new NotifyPayload(type);
            Assert.Null(responder.Answer(withProof ? [.. responder.Proof, error] : [error]));
            Assert.Equal(IkeSaState.Destroyed, pair.Initiator.Session.State);
            Assert.Null(pair.Initiator.Announced);
            Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
            pair.Initiator.AssertNothingLeft();
        }
    }

    [Theory]
    [InlineData(NotifyType.InvalidSyntax, EndReason.InvalidSyntax)]
    [InlineData(NotifyType.AuthenticationFailed, EndReason.AuthenticationFailed)]
    public void Later_two_of_them_are_the_end_without_a_delete_in_a_request_and_in_a_response(NotifyType type, EndReason reason)
    {
        var asked = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(asked.Responder);
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational, new NotifyPayload(type))!.Summary);
        AssertBuried(asked.Responder);

        foreach (SessionInput input in new SessionInput[] { new InitiateChild("second"), new CloseChild(1), new RekeyChild(1), new RekeyIkeSa() })
        {
            var pair = new Pair();
            using HandmadeResponder responder = HandmadeResponder.Established(pair);
            Assert.NotNull(responder.Await(input));
            Assert.Null(responder.Answer(new NotifyPayload(type)));
            AssertBuried(pair.Initiator);
            pair.Advance(TimeSpan.FromSeconds(31));
            Assert.Equal(reason, pair.Initiator.End);
            pair.Initiator.AssertNothingLeft();
        }
    }

    [Fact]
    public void Any_other_error_in_an_informational_request_changes_nothing()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        foreach (NotifyType type in Enum.GetValues<NotifyType>().Where(t => t.IsError() && t is not (NotifyType.AuthenticationFailed or NotifyType.InvalidSyntax)))
            Assert.EndsWith("[ ]", initiator.Send(ExchangeType.Informational, new NotifyPayload(type, new byte[4]))!.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void Unprotected_errors_of_every_type_change_nothing_before_the_ike_sa_is_up()
    {
        var pair = new Pair();
        pair.Start();
        Packet init = pair.Initiator.Outbox.Dequeue();
        ForgeAll(pair, pair.Initiator, ExchangeType.IkeSaInit, 0, spiR: 0);
        Assert.Equal(IkeSaState.InitRequested, pair.Initiator.Session.State);
        pair.Inject(pair.Responder, init.Octets);
        ForgeAll(pair, pair.Responder, ExchangeType.IkeAuth, 1, Pair.ResponderSpi);
        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        pair.Inject(pair.Initiator, pair.Responder.Outbox.Dequeue().Octets);
        Packet auth = pair.Initiator.Outbox.Dequeue();
        ForgeAll(pair, pair.Initiator, ExchangeType.IkeAuth, 1, Pair.ResponderSpi);
        Assert.Equal(IkeSaState.AuthRequested, pair.Initiator.Session.State);
        pair.Inject(pair.Responder, auth.Octets);
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void Unprotected_errors_of_every_type_change_nothing_once_it_is_up()
    {
        Pair pair = new Pair().Establish();
        pair.Network = (_, _) => null;
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        foreach (TestPeer peer in new[] { pair.Initiator, pair.Responder })
        {
            foreach (ExchangeType exchange in new[] { ExchangeType.IkeSaInit, ExchangeType.IkeAuth, ExchangeType.CreateChildSa, ExchangeType.Informational })
            {
                for (uint id = 0; id < 4; id++) ForgeAll(pair, peer, exchange, id, Pair.ResponderSpi);
            }

            Assert.Equal(IkeSaState.Established, peer.Session.State);
        }

        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
    }

    [Fact]
    public void Initial_contact_counts_in_ike_auth_alone()
    {
        var contact = new NotifyPayload(NotifyType.InitialContact);
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder, contact);
        initiator.Authenticate();
        Assert.False(pair.Responder.Announced!.ReplaceOthers);
        AnnounceEstablished announced = pair.Responder.Announced;
        initiator.Send(ExchangeType.CreateChildSa, [contact, .. Parts.Child]);
        initiator.Send(ExchangeType.Informational, contact);
        Assert.Same(announced, pair.Responder.Announced);

        var first = new Pair();
        using HandmadeInitiator other = new(first.Responder);
        other.Authenticate(contact);
        Assert.True(first.Responder.Announced!.ReplaceOthers);
    }

    [Fact]
    public void Who_may_be_there_several_times_does_not_send_it()
    {
        Pair pair = new Pair(o => o.InitiatorConnection = c => c with { Unique = UniquePolicy.Never }).Establish();
        Assert.Equal("IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]", pair.Initiator.Sent.Last());
        Assert.False(pair.Responder.Announced!.ReplaceOthers);
    }

    [Fact]
    public void A_larger_window_of_the_peer_does_not_make_us_send_two_requests_at_once()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        Assert.Null(responder.Answer([.. responder.Proof, new NotifyPayload(NotifyType.SetWindowSize, new byte[] { 0, 0, 0, 8 })]));
        Assert.StartsWith("CREATE_CHILD_SA request 2", responder.Await(new InitiateChild("second"))!.Summary);
        Assert.Null(responder.Await(new RekeyIkeSa()));
        Assert.Null(responder.Await(new CloseChild(1)));
        // While ours waits, theirs is answered: else both could wait for ever.
        Assert.Equal("INFORMATIONAL response 0 [ ]", responder.Send(ExchangeType.Informational)!.Summary);
    }

    private static void AssertBuried(TestPeer peer)
    {
        Assert.Equal(IkeSaState.Tombstone, peer.Session.State);
        Assert.Empty(peer.Kernel.Installed);
        Assert.Empty(peer.Outbox);
    }

    private static void ForgeAll(Pair pair, TestPeer to, ExchangeType exchange, uint id, ulong spiR)
    {
        int before = to.Outbox.Count;
        // COOKIE and INVALID_KE_PAYLOAD are acted upon in IKE_SA_INIT: a bounded number of times, which other tests count.
        foreach (NotifyType type in Enum.GetValues<NotifyType>().Append((NotifyType)4000).Where(t => t is not (NotifyType.Cookie or NotifyType.InvalidKePayload)))
        {
            foreach (IkeFlags flags in new[] { IkeFlags.None, IkeFlags.Initiator, IkeFlags.Response, IkeFlags.Initiator | IkeFlags.Response })
            {
                var header = new IkeHeader(Pair.InitiatorSpi, spiR, PayloadType.None, IkeHeader.Version2, exchange, flags, id, 0);
                pair.Inject(to, MessageCodec.WriteClear(header, [new NotifyPayload(type)]));
            }
        }

        Assert.Equal(before, to.Outbox.Count);
    }
}
