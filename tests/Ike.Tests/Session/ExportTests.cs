using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using CsCheck;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Whatever has happened to an IKE SA: what is exported and restored is the same, and goes on as the other would have.</summary>
public sealed class ExportTests
{
    [Fact]
    public void After_any_history_what_is_restored_is_exported_the_same()
    {
        int exported = 0;
        Gen.Byte.Array[10, 120].Sample(
            script =>
            {
                var histories = new History(script.Length);
                foreach (byte step in script)
                {
                    histories.Happen(step);
                    foreach (TestPeer peer in new[] { histories.Pair.Initiator, histories.Pair.Responder })
                    {
                        using SessionState? state = peer.Session.Export(histories.Pair.Now);
                        if (state is null) continue;
                        using IkeSession restored = IkeSession.Restore(peer.Context, state, TimeSpan.Zero, 1, histories.Pair.Now, out _)!;
                        using SessionState? again = restored.Export(histories.Pair.Now);
                        Assert.Equal(Dump.Of(state), Dump.Of(again));
                        Interlocked.Increment(ref exported);
                    }
                }
            },
            iter: 60,
            seed: "0000KHmFkXy1");
        Assert.InRange(exported, 1000, int.MaxValue);
    }

    [Fact]
    public void A_restored_session_goes_on_as_the_original_would()
    {
        Gen.Byte.Array[10, 120].Sample(
            script =>
            {
                var original = new History(script.Length);
                var replaced = new History(script.Length);
                foreach (byte step in script)
                {
                    original.Happen(step);
                    replaced.Happen(step);
                    replaced.Pair.Initiator.Replace(replaced.Pair.Now);
                    replaced.Pair.Responder.Replace(replaced.Pair.Now);
                }

                original.Calm();
                replaced.Calm();
                Assert.Equal(original.Pair.Initiator.Events.Select(e => e.ToString()), replaced.Pair.Initiator.Events.Select(e => e.ToString()));
                Assert.Equal(original.Pair.Responder.Events.Select(e => e.ToString()), replaced.Pair.Responder.Events.Select(e => e.ToString()));
                Assert.Equal(original.Pair.Initiator.Kernel.Children, replaced.Pair.Initiator.Kernel.Children);
                Assert.Equal(original.Pair.Responder.Kernel.Children, replaced.Pair.Responder.Kernel.Children);
                Assert.Equal(original.Pair.Initiator.Session.State, replaced.Pair.Initiator.Session.State);
            },
            iter: 150,
            seed: "0000KHmFkXy1");
    }

    /// <summary>The keys in a state are copies: its holder may zero them, and the session goes on.</summary>
    [Fact]
    public void Zeroing_a_state_takes_nothing_from_the_session()
    {
        var history = new History(1);
        SessionState state = history.Pair.Initiator.Session.Export(history.Pair.Now)!;
        IkeSession restored = IkeSession.Restore(history.Pair.Initiator.Context, state, TimeSpan.Zero, 1, history.Pair.Now, out _)!;
        state.Dispose();
        Assert.Throws<ObjectDisposedException>(() => state.Current.Keys.D.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => state.Children[0].Parameters!.Keys.EncryptionInitiator.Span.Length);
        Assert.NotNull(restored.Export(history.Pair.Now));
        history.Calm();
        history.Pair.Tell(history.Pair.Initiator, new RekeyChild(1));
        Assert.Equal(IkeSaState.Established, history.Pair.Responder.Session.State);
        restored.Dispose();
    }

    /// <summary>A pair to which a script's octets happen: who asks for what, what arrives, late, twice or never, and how time passes.</summary>
    private sealed class History
    {
        private readonly Wire _wire;

        public History(int seed)
        {
            Pair = new Pair(o =>
            {
                o.Persistent = true;
                o.InitiatorSession = c => c with { Random = new SteeredRandom((ulong)seed) };
                o.ResponderSession = c => c with { Random = new SteeredRandom((ulong)seed + 1000) };
                o.InitiatorEsp = o.ResponderEsp = ["aes128gcm16-x25519"];
            }).Establish();
            _wire = new Wire(Pair);
        }

        public Pair Pair { get; }

        public void Happen(byte step)
        {
            TestPeer peer = (step & 1) == 0 ? Pair.Initiator : Pair.Responder;
            int which = _wire.UnderWay.Count == 0 ? -1 : (step >> 4) % _wire.UnderWay.Count;
            switch ((step >> 1) & 7)
            {
                case 0:
                    Pair.Tell(peer, (step >> 4) switch
                    {
                        < 6 => new RekeyChild(peer.Kernel.Installed.Keys.DefaultIfEmpty(1u).Max()),
                        < 10 => new RekeyIkeSa(),
                        < 13 => new InitiateChild("second"),
                        _ => new CloseChild(peer.Kernel.Installed.Keys.DefaultIfEmpty(1u).Min()),
                    });
                    break;
                case 1 when which >= 0:
                    _wire.Lose(which);
                    break;
                case 2 when which >= 0:
                    _wire.Deliver(which, keep: true);
                    break;
                case 3:
                    Pair.Advance(TimeSpan.FromSeconds(step >> 4));
                    break;
                case > 3 when which >= 0:
                    _wire.Deliver(which);
                    break;
            }
        }

        public void Calm() => _wire.Calm();
    }
}
