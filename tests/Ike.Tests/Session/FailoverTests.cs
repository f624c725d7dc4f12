using System.Net;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// A node dies in the middle of an exchange, at every point between two of the things that it does, and another goes on from what was committed by then. Whatever was
/// on its way to it or from it arrives, is lost, or arrives twice. Both sides end with the same SAs; nobody authenticates twice; no IV is used twice under one key and
/// no message id for two messages; and what was said before is not listened to again.
/// </summary>
public sealed class FailoverTests
{
    private static readonly string[] Exchanges =
        ["auth", "create child", "rekey child", "rekey ike", "close child", "close ike", "liveness", "mobike", "rekey child at once", "rekey ike at once"];

    public static TheoryData<string, bool, bool, bool> All
    {
        get
        {
            var all = new TheoryData<string, bool, bool, bool>();
            foreach (string exchange in Exchanges)
            {
                foreach (bool byInitiator in new[] { true, false })
                {
                    if (!byInitiator && exchange is "auth" or "mobike" or "rekey child at once" or "rekey ike at once") continue;
                    foreach (bool failsInitiator in new[] { true, false })
                    {
                        all.Add(exchange, byInitiator, failsInitiator, true);
                        all.Add(exchange, byInitiator, failsInitiator, false);
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void At_every_point_of_an_exchange_the_node_may_die(string exchange, bool byInitiator, bool failsInitiator, bool synchronizes)
    {
        int points = new Play(exchange, byInitiator, failsInitiator, synchronizes, Fate.Arrives).CountPoints();
        Assert.InRange(points, 3, 1000);
        foreach (Fate fate in Enum.GetValues<Fate>())
        {
            for (int point = 0; point < points; point++)
            {
                try
                {
                    new Play(exchange, byInitiator, failsInitiator, synchronizes, fate).FailAt(point);
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{exchange}, dead before effect {point}, what was under way {fate}: {failure.Message}", failure);
                }
            }
        }
    }

    /// <summary>What becomes of the datagrams that are under way when the node dies.</summary>
    private enum Fate
    {
        Arrives,
        IsLost,
        ArrivesTwice,
    }

    private sealed class Killed : Exception;

    private sealed class Play
    {
        private static readonly TimeSpan Downtime = TimeSpan.FromSeconds(6);

        private readonly string _exchange;
        private readonly bool _byInitiator;
        private readonly Fate _fate;
        private readonly Pair _pair;
        private readonly TestPeer _failing;
        private readonly TestPeer _other;
        private readonly Ledger _failings = new();
        private readonly Ledger _others = new();
        private readonly Places _places = new("192.0.2.1");
        private int _performed;
        private int _killBefore = int.MaxValue;

        public Play(string exchange, bool byInitiator, bool failsInitiator, bool synchronizes, Fate fate)
        {
            (_exchange, _byInitiator, _fate) = (exchange, byInitiator, fate);
            _pair = new Pair(o =>
            {
                o.Persistent = true;
                o.Synchronizes = synchronizes;
                o.InitiatorEsp = o.ResponderEsp = ["aes128gcm16-x25519"];
                o.InitiatorConnection = o.ResponderConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(30) };
                o.Mobike = exchange == "mobike";
                if (o.Mobike) o.InitiatorSession = _places.Give;
            });
            (_failing, _other) = failsInitiator ? (_pair.Initiator, _pair.Responder) : (_pair.Responder, _pair.Initiator);
            _failing.Performed = effect =>
            {
                if (_performed++ == _killBefore) throw new Killed();
                _failings.Note(effect);
            };
            _other.Performed = _others.Note;
            if (exchange == "auth") return;
            _pair.Establish();
            _pair.Advance(TimeSpan.FromSeconds(1));
            _performed = 0;
        }

        public int CountPoints()
        {
            Ask();
            return _performed;
        }

        public void FailAt(int point)
        {
            _killBefore = point;
            try
            {
                Ask();
                return;
            }
            catch (Killed)
            {
                _killBefore = int.MaxValue;
            }

            Fail();
            AssertAgreement();
            AssertNothingOldIsListenedTo();
            AssertEndsWell();
        }

        private void Ask()
        {
            TestPeer asker = _byInitiator ? _pair.Initiator : _pair.Responder;
            switch (_exchange)
            {
                case "auth":
                    _pair.Start();
                    _pair.Drive();
                    return;
                case "create child":
                    _pair.Tell(asker, new InitiateChild("second"));
                    break;
                case "rekey child":
                    _pair.Tell(asker, new RekeyChild(1));
                    break;
                case "rekey ike":
                    _pair.Tell(asker, new RekeyIkeSa());
                    break;
                case "rekey child at once":
                    AskBoth(new RekeyChild(1));
                    break;
                case "rekey ike at once":
                    AskBoth(new RekeyIkeSa());
                    break;
                case "close child":
                    _pair.Tell(asker, new CloseChild(1));
                    break;
                case "close ike":
                    _pair.Tell(asker, new Close(EndReason.DeletedByUs));
                    break;
                case "mobike":
                    _places.Move("192.0.2.1", "198.51.100.1");
                    _pair.Initiator.Address = new IPEndPoint(IPAddress.Parse("198.51.100.1"), 500);
                    _pair.Tell(_pair.Initiator, new AddressesChanged());
                    break;
            }

            _pair.Advance(TimeSpan.FromSeconds(_exchange == "liveness" ? 95 : 12));
        }

        private void AskBoth(SessionInput ask)
        {
            _pair.Initiator.Handle(ask, _pair.Now);
            _pair.Responder.Handle(ask, _pair.Now);
            _pair.Drive();
        }

        /// <summary>The node dies; after a while another goes on with what the store has.</summary>
        private void Fail()
        {
            Packet[] toFailing = [.. _other.Outbox], fromFailing = [.. _failing.Outbox];
            if (_fate == Fate.IsLost)
            {
                _other.Outbox.Clear();
                _failing.Outbox.Clear();
            }
            else if (_fate == Fate.ArrivesTwice)
            {
                foreach (Packet packet in fromFailing) _failing.Outbox.Enqueue(packet);
            }

            _other.Outbox.Clear();
            _failing.Crash();
            _failing.IsDown = true;
            _pair.Drive();
            _pair.Advance(Downtime);
            _failing.IsDown = !_failing.Fail(_pair.Now);
            if (_failing.IsDown)
            {
                _pair.Advance(TimeSpan.FromMinutes(15));
                return;
            }

            _failing.Handle(new TakeOver(TimeSpan.FromSeconds(20)), _pair.Now);
            // What found nobody is there again, or comes late.
            if (_fate == Fate.Arrives || _fate == Fate.ArrivesTwice)
            {
                foreach (Packet packet in toFailing) _other.Outbox.Enqueue(packet);
                if (_fate == Fate.ArrivesTwice) foreach (Packet packet in toFailing) _other.Outbox.Enqueue(packet);
            }

            _pair.Drive();
            _pair.Advance(TimeSpan.FromMinutes(15));
        }

        private void AssertAgreement()
        {
            Assert.InRange(_failing.Events.OfType<StateChanged>().Count(c => c.To == IkeSaState.Established), 0, 1);
            Assert.InRange(_other.Events.OfType<StateChanged>().Count(c => c.To == IkeSaState.Established), 0, 1);
            if (_failing.IsDown || _exchange == "close ike" && _other.Session.State != IkeSaState.Established)
            {
                // Nobody relied on it, or it was asked to end: then the other side finds out.
                _other.AssertNothingLeft();
                if (!_failing.IsDown) _failing.AssertNothingLeft();
                return;
            }

            Assert.Equal((IkeSaState.Established, IkeSaState.Established), (_failing.Session.State, _other.Session.State));
            Assert.Equal(_failing.Session.LocalSpi, _other.Session.RemoteSpi);
            Assert.Equal(_other.Session.LocalSpi, _failing.Session.RemoteSpi);
            Assert.Equal(_failing.Kernel.Children, _other.Kernel.Children);
            Assert.DoesNotContain(false, _failing.Kernel.Sending.Values);
            Assert.DoesNotContain(false, _other.Kernel.Sending.Values);
            Assert.Empty(_failing.Kernel.Reserved);
            Assert.Empty(_other.Kernel.Reserved);
            Assert.Equal(_failing.Kernel.Installed.Count, _failing.Children.Count);
            Assert.Equal(_other.Kernel.Installed.Count, _other.Children.Count);
            int most = _exchange switch { "close child" => 1, "create child" => 2, _ => 1 };
            Assert.InRange(_failing.Kernel.Installed.Count, _exchange == "close child" ? 0 : 1, most);
            if (_exchange == "mobike")
                Assert.All(_failing.Kernel.Installed.Values.Concat(_other.Kernel.Installed.Values), child => Assert.Contains("198.51.100.1", $"{child.LocalEndpoint} {child.RemoteEndpoint}"));
        }

        /// <summary>Everything that was ever said, to whom it was said: at the most it gets the same answer as before.</summary>
        private void AssertNothingOldIsListenedTo()
        {
            if (_failing.IsDown || _failing.Session.State != IkeSaState.Established) return;
            string before = Describe();
            int commits = _failing.Commits + _other.Commits;
            Replay(_others, _failing, _failings);
            Replay(_failings, _other, _others);
            Assert.Equal(before, Describe());
            Assert.Equal(commits, _failing.Commits + _other.Commits);
        }

        private void Replay(Ledger ledger, TestPeer to, Ledger answers)
        {
            foreach (byte[] octets in ledger.Sent.ToList())
            {
                _pair.Inject(to, octets);
                foreach (Packet answer in to.Outbox) Assert.Equal(2, answers.Sent.Where(s => s.AsSpan().SequenceEqual(answer.Octets)).Take(2).Count());
                to.Outbox.Clear();
            }
        }

        private string Describe() => string.Join(' ',
            _failing.Session.State, _failing.Session.LocalSpi, _failing.Session.Path, string.Join(',', _failing.Kernel.Children), string.Join(',', _failing.Children.Select(c => c.ChildId)),
            _other.Session.State, _other.Session.LocalSpi, _other.Session.Path, string.Join(',', _other.Kernel.Children), string.Join(',', _other.Children.Select(c => c.ChildId)));

        private void AssertEndsWell()
        {
            if (_failing.IsDown || _failing.Session.State != IkeSaState.Established) return;
            _pair.Tell(_failing, new Close(EndReason.DeletedByUs));
            _pair.Advance(TimeSpan.FromMinutes(5));
            _failing.AssertNothingLeft();
            _other.AssertNothingLeft();
            Assert.Null(_failing.Committed);
            Assert.Null(_other.Committed);
        }
    }
}
