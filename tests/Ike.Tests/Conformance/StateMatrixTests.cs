using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>
/// Every exchange type in every state, authentic and in its turn: only the legal ones are answered, the others change nothing
/// (RFC 7296 §1, §1.3, §1.4; CVE-2014-2338 and CVE-2019-12312 were requests that came too early).
/// </summary>
public sealed class StateMatrixTests
{
    private static IEnumerable<ExchangeType> EveryType => Enumerable.Range(0, 256).Select(n => (ExchangeType)n);

    private static IEnumerable<ExchangeType> NeverLegal =>
        EveryType.Where(e => e is not (ExchangeType.IkeAuth or ExchangeType.CreateChildSa or ExchangeType.Informational));

    [Fact]
    public void Created_takes_an_ike_sa_init_request_and_nothing_else()
    {
        foreach (ExchangeType exchange in EveryType.Where(e => e != ExchangeType.IkeSaInit))
        {
            var pair = new Pair();
            var header = new IkeHeader(Pair.InitiatorSpi, Pair.ResponderSpi, PayloadType.None, IkeHeader.Version2, exchange, IkeFlags.Initiator, 0, 0);
            pair.Inject(pair.Responder, MessageCodec.WriteClear(header, [HandmadeInitiator.EspOffer]));
            Assert.Equal(IkeSaState.Created, pair.Responder.Session.State);
            Assert.Empty(pair.Responder.Outbox);
        }
    }

    [Fact]
    public void Init_requested_takes_an_ike_sa_init_response_and_nothing_else()
    {
        var pair = new Pair();
        pair.Start();
        foreach (ExchangeType exchange in EveryType)
        {
            foreach (IkeFlags flags in new[] { IkeFlags.None, IkeFlags.Response, IkeFlags.Initiator, IkeFlags.Initiator | IkeFlags.Response })
            {
                if (exchange == ExchangeType.IkeSaInit && flags == IkeFlags.Response) continue;
                var header = new IkeHeader(Pair.InitiatorSpi, Pair.ResponderSpi, PayloadType.None, IkeHeader.Version2, exchange, flags, 0, 0);
                pair.Inject(pair.Initiator, MessageCodec.WriteClear(header, [HandmadeInitiator.EspOffer]));
            }
        }

        Assert.Single(pair.Initiator.Outbox);
        AssertStillGood(pair);
    }

    [Fact]
    public void Init_answered_takes_ike_auth_and_nothing_else()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        foreach (ExchangeType exchange in EveryType.Where(e => e != ExchangeType.IkeAuth))
        {
            Assert.Null(initiator.Send(exchange, initiator.Id, initiator.Prove(), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR));
            Assert.Null(initiator.Send(exchange, new DeletePayload(ProtocolId.Ike, [])));
        }

        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Children);
        Assert.NotNull(initiator.Authenticate());
    }

    [Fact]
    public void Auth_requested_takes_no_request_at_all_and_no_response_of_another_exchange()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        foreach (ExchangeType exchange in EveryType)
        {
            Assert.Null(responder.Send(exchange, [.. responder.Proof]));
            Assert.Null(responder.Send(exchange, new DeletePayload(ProtocolId.Ike, [])));
            if (exchange != ExchangeType.IkeAuth) Assert.Null(responder.AnswerAs(exchange, [.. responder.Proof]));
        }

        Assert.Equal(IkeSaState.AuthRequested, pair.Initiator.Session.State);
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Null(responder.Answer([.. responder.Proof]));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void Established_takes_create_child_sa_and_informational_of_either_side_and_nothing_else()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        foreach (ExchangeType exchange in NeverLegal.Append(ExchangeType.IkeAuth)) Assert.Null(initiator.Send(exchange, initiator.Id, initiator.Prove()));
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational)!.Summary);
        Assert.StartsWith("CREATE_CHILD_SA response 3 [ SA No", initiator.Send(ExchangeType.CreateChildSa, Parts.Child)!.Summary);

        var other = new Pair();
        using HandmadeResponder responder = HandmadeResponder.Established(other);
        foreach (ExchangeType exchange in NeverLegal.Append(ExchangeType.IkeAuth)) Assert.Null(responder.Send(exchange, [.. responder.Proof]));
        Assert.Equal("INFORMATIONAL response 0 [ ]", responder.Send(ExchangeType.Informational)!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 1 [ N(TS_UNACCEPT) ]", responder.Send(ExchangeType.CreateChildSa, Parts.Child)!.Summary);
        Assert.Equal(IkeSaState.Established, other.Initiator.Session.State);
    }

    [Fact]
    public void Deleting_makes_nothing_new_and_still_answers()
    {
        var pair = new Pair();
        using HandmadeResponder responder = HandmadeResponder.Established(pair);
        Assert.Equal("INFORMATIONAL request 2 [ D ]", responder.Await(new Close(EndReason.DeletedByUs))!.Summary);
        foreach (ExchangeType exchange in NeverLegal.Append(ExchangeType.IkeAuth)) Assert.Null(responder.Send(exchange, [.. responder.Proof]));
        Assert.Equal("INFORMATIONAL response 0 [ ]", responder.Send(ExchangeType.Informational)!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 1 [ N(TEMP_FAIL) ]", responder.Send(ExchangeType.CreateChildSa, Parts.Child)!.Summary);
        Assert.Equal(IkeSaState.Deleting, pair.Initiator.Session.State);
        Assert.Null(responder.Answer());
        Assert.Equal(EndReason.DeletedByUs, pair.Initiator.End);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_responder_that_we_could_not_authenticate_gets_no_child_while_we_tell_it()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        IkeMessage? denial = responder.Answer([responder.Id, new AuthPayload(AuthMethod.SharedKeyMic, new byte[32]), .. responder.Proof.Skip(2)]);
        Assert.Equal("INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", denial!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 0 [ N(TEMP_FAIL) ]", responder.Send(ExchangeType.CreateChildSa, Parts.Child)!.Summary);
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Null(responder.Answer());
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void A_tombstone_and_what_is_destroyed_take_nothing()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational, new DeletePayload(ProtocolId.Ike, []))!.Summary);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        foreach (ExchangeType exchange in EveryType) Assert.Null(initiator.Send(exchange, Parts.Child));

        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(IkeSaState.Destroyed, pair.Responder.Session.State);
        foreach (ExchangeType exchange in EveryType) Assert.Null(initiator.Send(exchange, Parts.Child));
        pair.Responder.AssertNothingLeft();
    }

    private static void AssertStillGood(Pair pair)
    {
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }
}
