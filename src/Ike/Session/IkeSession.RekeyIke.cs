using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Rekeying the IKE SA as the side that asks (RFC 7296 §1.3.2, §2.8, §2.18). The children, the identities and the actor stay; SPIs, keys and message ids are new.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>Our own rekeying that is under way.</summary>
    private IkeRekey? _rekey;

    private int _failedRekeys;

    private void StartIkeLifetime()
    {
        _inUseSince = _now;
        if (_connection!.RekeyTime <= TimeSpan.Zero) return;
        Arm(TimerKind.IkeRekey, Earlier(_connection.RekeyTime, _connection.RandTime));
        Arm(TimerKind.IkeOver, _connection.RekeyTime + _connection.OverTime);
    }

    /// <summary>RFC 7296 §2.8: brought forward by jitter, so that not all come at once; never below half.</summary>
    private TimeSpan Earlier(TimeSpan limit, TimeSpan jitter) => limit - Jitter(jitter > limit / 2 ? limit / 2 : jitter);

    private void RequestIkeRekey()
    {
        if (State != IkeSaState.Established || _rekey is not null || _rekeyedByPeer is not null) return;
        _rekey = new IkeRekey(NextLocalSpi());
        Enqueue(new RekeyIkeRequest());
    }

    /// <summary>Null when the peer was faster.</summary>
    private List<Payload>? RekeyIkePayloads()
    {
        if (_rekey is not { } rekey) return null;
        rekey.Offered = [.. ProposalsForRekey().Select(p => p.WithSpi(rekey.Sa.LocalSpi))];
        // RFC 7296 §3.9: a nonce is never used again, not even when another group is asked for.
        rekey.Nonce = new byte[InitExchange.NonceLength];
        _context.Random.Fill(rekey.Nonce);
        rekey.KeyExchange ??= KeyExchanges.Generate(PreferredMethod(rekey.Offered), _context.Random);
        rekey.IsSent = true;
        return [new SaPayload(rekey.Offered), new NoncePayload(rekey.Nonce), new KePayload(rekey.KeyExchange.Method, rekey.KeyExchange.PublicValue)];
    }

    /// <summary>
    /// RFC 7296 §2.18 and the implementations differ in which PRF makes SKEYSEED when a rekeying changes it: so it does not.
    /// </summary>
    private List<Proposal> ProposalsForRekey()
    {
        ushort prf = (ushort)_sa.Suite!.Prf;
        return
        [
            .. ProposalFilter.Apply(_connection!.Proposals, _context.IsUsableForIke)
                .Where(p => p.OfType(TransformType.PseudorandomFunction).Any(t => t.Id == prf))
                .Select((p, i) => p with
                {
                    Number = (byte)(i + 1),
                    Transforms = [.. p.Transforms.Where(t => t.Type != TransformType.PseudorandomFunction || t.Id == prf)],
                }),
        ];
    }

    /// <summary>The one in use, which the peer is known to take, where it is offered first.</summary>
    private KeyExchangeMethod PreferredMethod(IReadOnlyList<Proposal> offered)
    {
        List<ushort> methods = [.. offered.SelectMany(p => p.OfType(TransformType.KeyExchangeMethod)).Select(t => t.Id)];
        return methods.Contains((ushort)_sa.Suite!.KeyExchange) ? _sa.Suite.KeyExchange : (KeyExchangeMethod)methods[0];
    }

    private void OnRekeyIkeResponse(IkeSa old, IkeMessage message)
    {
        if (_rekey is not { } rekey || old != _sa) return;
        rekey.IsSent = false;
        if (message.Notify(NotifyType.InvalidKePayload) is { } invalidKe && RetryRekeyWithMethod(rekey, invalidKe))
        {
            // Asked again with the group that the peer wants.
        }
        else if (CompleteRekey(rekey, old, message))
        {
            Settle(rekey, old);
        }
        else
        {
            FailRekey(message.FirstErrorNotify?.NotifyType);
        }
    }

    private bool RetryRekeyWithMethod(IkeRekey rekey, NotifyPayload invalidKe)
    {
        if (invalidKe.Data.Length != 2 || rekey.Restarts++ >= InitExchange.RestartLimit) return false;
        ushort method = BinaryPrimitives.ReadUInt16BigEndian(invalidKe.Data.Span);
        bool offered = rekey.Offered.Any(p => p.OfType(TransformType.KeyExchangeMethod).Any(t => t.Id == method));
        if (!offered || method == (ushort)rekey.KeyExchange!.Method || !KeyExchanges.IsSupported((KeyExchangeMethod)method)) return false;
        rekey.KeyExchange.Dispose();
        rekey.KeyExchange = KeyExchanges.Generate((KeyExchangeMethod)method, _context.Random);
        Enqueue(new RekeyIkeRequest());
        return true;
    }

    /// <summary>The keys of the new IKE SA, when the answer is a choice from what was offered.</summary>
    private bool CompleteRekey(IkeRekey rekey, IkeSa old, IkeMessage message)
    {
        if (message.FirstErrorNotify is not null || message.Find<SaPayload>() is not { } sa || message.Find<KePayload>() is not { } ke
            || message.Find<NoncePayload>() is not { } nonce) return false;
        IkeSuite? suite = ProposalSelection.AcceptIke(rekey.Offered, sa.Proposals);
        if (suite is null || ke.Method != suite.KeyExchange || ke.Method != rekey.KeyExchange!.Method || IkeSpiOf(sa.Proposals[0]) == 0) return false;
        using Secret? shared = rekey.KeyExchange.Agree(ke.Data.Span);
        if (shared is null) return false;

        IkeSa fresh = rekey.Sa;
        fresh.IsInitiator = true;
        fresh.RemoteSpi = IkeSpiOf(sa.Proposals[0]);
        rekey.LowestNonce = Lower(rekey.Nonce, nonce.Data.ToArray());
        TakeRekeyedKeys(fresh, old, suite, shared, rekey.Nonce, nonce.Data.Span);
        TakeCrashToken(fresh, message);
        return true;
    }

    /// <summary>
    /// RFC 7296 §2.8.1, §2.8.2: where both sides rekeyed at once, the IKE SA made with the lowest of the four nonces is deleted by who made it; who made
    /// the other deletes the old one.
    /// </summary>
    private void Settle(IkeRekey rekey, IkeSa old)
    {
        _rekey = null;
        rekey.KeyExchange?.Dispose();
        if (_rekeyedByPeer is not { } theirs)
        {
            Adopt(rekey.Sa);
            TellCrashToken();
            SendProtected(old, new DeleteIkeRequest(), [new DeletePayload(ProtocolId.Ike, [])]);
        }
        else if (Compare(rekey.LowestNonce, theirs.LowestNonce) < 0)
        {
            Say(LogTag.Ike, Severity.Info, "IKE_SA rekey collision lost, deleting the superfluous IKE_SA");
            _rekeyedByPeer = null;
            Adopt(theirs.Sa);
            _replaced.Add(rekey.Sa);
            SendProtected(rekey.Sa, new DeleteIkeRequest(), [new DeletePayload(ProtocolId.Ike, [])]);
        }
        else
        {
            Say(LogTag.Ike, Severity.Info, "IKE_SA rekey collision won, the peer deletes its IKE_SA");
            _rekeyedByPeer = null;
            Adopt(rekey.Sa);
            TellCrashToken();
            Replace(theirs.Sa);
            SendProtected(old, new DeleteIkeRequest(), [new DeletePayload(ProtocolId.Ike, [])]);
        }

        SendNext();
    }

    private void FailRekey(NotifyType? error)
    {
        DropRekey();
        if (State != IkeSaState.Established) return;
        if (_rekeyedByPeer is { } theirs)
        {
            // RFC 7296 §2.25.2: the peer's own rekeying went through.
            _rekeyedByPeer = null;
            Adopt(theirs.Sa);
            SendNext();
            return;
        }

        Say(LogTag.Ike, Severity.Warning, error is { } type ? $"IKE_SA rekeying refused with {type.RfcName()}" : "IKE_SA rekeying failed: the answer is not a choice from what was offered");
        if (error == NotifyType.NoAdditionalSas)
        {
            // RFC 7296 §4: a minimal implementation cannot rekey. A new IKE SA is built in its stead.
            BeginClose(EndReason.RekeyFailed);
            return;
        }

        // RFC 7296 §2.25: never at once; when it has taken too long the IKE SA ends.
        Arm(TimerKind.IkeRekey, _context.RekeyRetry.Delay(++_failedRekeys, _context.Random));
    }

    private void DropRekey()
    {
        _rekey?.Dispose();
        _rekey = null;
    }

    private void OutliveIkeSa()
    {
        if (!_isRedirected) Say(LogTag.Ike, Severity.Warning, "the IKE_SA could not be rekeyed in time");
        BeginClose(_isRedirected ? EndReason.Redirected : EndReason.RekeyFailed);
    }

    private void TakeRekeyedKeys(IkeSa fresh, IkeSa old, IkeSuite suite, Secret shared, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR)
    {
        (ulong spiI, ulong spiR) = fresh.Spis;
        IkeKeys keys = IkeKeys.DeriveForRekey(suite, old.Suite!.Prf, old.Keys!.D, shared, nonceI, nonceR, spiI, spiR);
        fresh.TakeKeys(suite, keys, _context.Random, _incarnation);
        _context.KeyLog?.AddIkeSa(spiI, spiR, suite, keys);
    }

    /// <summary>The SPI of an IKE proposal in CREATE_CHILD_SA (RFC 7296 §3.3.1); 0 where there is none that an IKE SA can have.</summary>
    private static ulong IkeSpiOf(Proposal proposal) => proposal.Spi.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(proposal.Spi.Span) : 0;

    private static byte[] Lower(byte[] a, byte[] b) => Compare(a, b) <= 0 ? a : b;

    /// <summary>RFC 7296 §2.8.1: octet by octet; of two that begin alike the shorter is lower.</summary>
    private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.SequenceCompareTo(b);

    /// <summary>What a rekeying of ours keeps until its answer has come.</summary>
    private sealed class IkeRekey(ulong localSpi) : IDisposable
    {
        /// <summary>The one to come; without keys until the answer.</summary>
        public IkeSa Sa { get; } = new(localSpi);

        public byte[] Nonce { get; set; } = [];

        public byte[] LowestNonce { get; set; } = [];

        public IKeyExchange? KeyExchange { get; set; }

        public IReadOnlyList<Proposal> Offered { get; set; } = [];

        public int Restarts { get; set; }

        /// <summary>The request is on its way.</summary>
        public bool IsSent { get; set; }

        public void Dispose()
        {
            KeyExchange?.Dispose();
            Sa.Dispose();
        }
    }
}
