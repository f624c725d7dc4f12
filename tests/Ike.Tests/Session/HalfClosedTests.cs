using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Children that one side has closed and the other not yet (RFC 7296 §1.4.1).</summary>
public sealed class HalfClosedTests
{
    [Fact]
    public void A_child_whose_delete_waits_stays_half_closed_until_the_answer_comes()
    {
        Pair pair = new Pair().Establish();
        bool isDeaf = true;
        pair.Network = (packet, _) => isDeaf ? null : packet;
        uint id = pair.Initiator.Children.Single().ChildId;
        pair.Tell(pair.Initiator, new CloseChild(id));
        Assert.Single(pair.Initiator.Kernel.Installed);

        // It is neither closed twice, nor rekeyed, nor lost once more.
        pair.Tell(pair.Initiator, new CloseChild(id));
        pair.Tell(pair.Initiator, new RekeyChild(id));
        pair.Tell(pair.Initiator, new ChildLost(id));
        Assert.Single(pair.Initiator.Children);
        Assert.Single(pair.Initiator.Sent, s => s.StartsWith("INFORMATIONAL", StringComparison.Ordinal));

        isDeaf = false;
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    // The other half went with the peer's own Delete, which the network kept until ours had left.
    [Fact]
    public void A_delete_that_crosses_ours_closes_the_child_once_and_its_answer_names_nothing()
    {
        Pair pair = new Pair().Establish();
        pair.Initiator.Handle(new CloseChild(1), pair.Now);
        pair.Responder.Handle(new CloseChild(1), pair.Now);
        pair.Drive();
        Assert.EndsWith("INFORMATIONAL response 0 [ ]", pair.Initiator.Sent.Last());
        Assert.EndsWith("INFORMATIONAL response 2 [ ]", pair.Responder.Sent.Last());
        Assert.Empty(pair.Initiator.Kernel.Installed);
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void A_delete_that_comes_twice_gets_the_same_answer_and_does_nothing_else()
    {
        Pair pair = new Pair().Establish("net", "second");
        bool lost = false;
        pair.Network = (packet, toResponder) =>
        {
            if (toResponder || lost) return packet;
            lost = true;
            return null;
        };
        pair.Tell(pair.Initiator, new CloseChild(1));
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(pair.Responder.Kernel.Installed);
        Assert.Single(pair.Responder.Events.OfType<MessageSent>(), m => m.Summary.EndsWith("[ D ]", StringComparison.Ordinal));
        Assert.Single(pair.Responder.Events.OfType<MessageSent>(), m => m.Repeated);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void An_answer_that_names_nothing_closes_our_half_all_the_same()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        pair.Responder.Handle(new CloseChild(pair.Responder.Children.Single().ChildId), TimeSpan.Zero);
        Assert.True(pair.Responder.Outbox.TryDequeue(out Packet? _));
        IkeHeader answer = initiator.HeaderFor(ExchangeType.Informational) with { MessageId = 0, Flags = IkeFlags.Initiator | IkeFlags.Response };
        pair.Inject(pair.Responder, initiator.Protect(answer));
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }
}
