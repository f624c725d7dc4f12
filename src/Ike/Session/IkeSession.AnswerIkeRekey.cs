using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>Rekeying the IKE SA as the side that answers, and what becomes of IKE SAs that were replaced (RFC 7296 §2.8, §2.25.2).</summary>
public sealed partial class IkeSession
{
    /// <summary>IKE SAs that are not in use any more: their Delete, or the repetition of their last response, is still awaited.</summary>
    private readonly List<IkeSa> _replaced = [];

    /// <summary>The peer has rekeyed while our own request is on its way: who wins is known when that is answered.</summary>
    private PeerRekey? _rekeyedByPeer;

    private byte _lastGeneration;

    private void AnswerIkeRekey(InboundRequest request, IkeMessage message)
    {
        // RFC 7296 §2.25.1, §2.25.2: not while we close this IKE SA, or create, rekey or close a child; nor what is replaced already.
        if (request.Sa != _sa || State != IkeSaState.Established || _rekeyedByPeer is not null || IsBusyWithChild)
        {
            Respond([new NotifyPayload(NotifyType.TemporaryFailure)]);
            return;
        }

        KePayload ke = message.Find<KePayload>()!;
        IReadOnlyList<Proposal> offered = message.Find<SaPayload>()!.Proposals;
        IkeSuite? suite = ProposalSelection.ChooseIke(ProposalsForRekey(), [.. offered.Where(p => IkeSpiOf(p) != 0)], ke.Method, out Proposal? answer);
        if (suite is null)
        {
            Say(LogTag.Ike, Severity.Warning, "no acceptable IKE proposal for the rekeying");
            Respond([new NotifyPayload(NotifyType.NoProposalChosen)]);
        }
        else if (suite.KeyExchange != ke.Method)
        {
            Respond([InvalidKe(suite.KeyExchange)]);
        }
        else
        {
            CompleteIkeRekey(request, message, suite, answer!, ke);
        }
    }

    private void CompleteIkeRekey(InboundRequest request, IkeMessage message, IkeSuite suite, Proposal answer, KePayload ke)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(suite.KeyExchange, _context.Random);
        using Secret? shared = exchange.Agree(ke.Data.Span);
        if (shared is null)
        {
            // RFC 6989 §2: never computed on.
            Say(LogTag.Ike, Severity.Warning, $"public value for {ke.Method} is invalid");
            RefuseInvalidSyntax();
            return;
        }

        byte[] nonceI = message.Find<NoncePayload>()!.Data.ToArray();
        byte[] nonceR = new byte[InitExchange.NonceLength];
        _context.Random.Fill(nonceR);
        var fresh = new IkeSa(NextLocalSpi()) { RemoteSpi = IkeSpiOf(answer) };
        TakeRekeyedKeys(fresh, request.Sa, suite, shared, nonceI, nonceR);
        Respond([new SaPayload([answer.WithSpi(fresh.LocalSpi)]), new NoncePayload(nonceR), new KePayload(suite.KeyExchange, exchange.PublicValue), .. CrashTokenPayload(fresh)]);

        if (_rekey is { IsSent: true })
        {
            _rekeyedByPeer = new PeerRekey(fresh, Lower(nonceI, nonceR));
            return;
        }

        DropRekey();
        Adopt(fresh);
        SendNext();
    }

    /// <summary>RFC 7296 §2.25.1: the peer must not rekey the IKE SA under an exchange about a child.</summary>
    private bool IsBusyWithChild => _sa.Outstanding?.Request is CreateChildRequest or DeleteChildRequest || _pendingAnswer is not null;

    /// <summary>From now on this is the IKE SA; it has all the children (RFC 7296 §2.8). The one before stays for its Delete.</summary>
    private void Adopt(IkeSa fresh)
    {
        IkeSa old = _sa;
        _sa = fresh;
        _failedRekeys = 0;
        _lastHeard = _now;
        Replace(old);
        MustBeWritten();
        StartIkeLifetime();
        Tell(new IkeSaRekeyed(old.LocalSpi, fresh.LocalSpi, fresh.RemoteSpi, ByPeer: !fresh.IsInitiator));
    }

    /// <summary>The peer deletes it; if it never does, it is forgotten all the same.</summary>
    private void Replace(IkeSa sa)
    {
        _replaced.Add(sa);
        Arm(TimerKind.ReplacedIkeGone, _context.ReplacedLifetime, number: sa.Generation);
    }

    private void ForgetReplaced(byte generation)
    {
        if (_replaced.Find(s => s.Generation == generation) is not { } sa) return;
        _replaced.Remove(sa);
        // Nothing comes on it any more: from now on only the one in use shows what the peer has.
        foreach (Child child in _children.Values.Where(c => c.UnconfirmedOn == sa)) child.UnconfirmedOn = _sa;
        Cancel(TimerKind.Retransmit, number: generation);
        Cancel(TimerKind.ReplacedIkeGone, number: generation);
        sa.Dispose();
    }

    /// <summary>
    /// The peer deletes an IKE SA of this lineage (RFC 7296 §2.25.2). True when that is not the end of the session: it was replaced, or lost a collision, or
    /// the peer's own rekeying has taken its place and ours is forgotten.
    /// </summary>
    private bool TakeDeleteOfReplaced(IkeSa sa)
    {
        if (sa == _rekeyedByPeer?.Sa)
        {
            _rekeyedByPeer = null;
            Replace(sa);
        }
        else if (sa == _sa && _rekeyedByPeer is { } theirs)
        {
            _rekeyedByPeer = null;
            DropRekey();
            sa.Outstanding = null;
            Cancel(TimerKind.Retransmit, number: sa.Generation);
            Adopt(theirs.Sa);
        }
        else if (sa == _sa)
        {
            return false;
        }

        Respond([]);
        // It stays a while, to repeat this response.
        Arm(TimerKind.ReplacedIkeGone, _context.HalfOpenTimeout, number: sa.Generation);
        SendNext();
        return true;
    }

    /// <summary>The session id stays, the generation is the next that no living IKE SA of ours has.</summary>
    private ulong NextLocalSpi()
    {
        do _lastGeneration++;
        while (_sa.Generation == _lastGeneration || _replaced.Exists(s => s.Generation == _lastGeneration)
            || _rekey?.Sa.Generation == _lastGeneration || _rekeyedByPeer?.Sa.Generation == _lastGeneration);
        return (_sa.LocalSpi & ~0xffUL) | _lastGeneration;
    }

    /// <summary>The IKE SA that the peer's rekeying made, and the lower of its two nonces.</summary>
    private sealed record PeerRekey(IkeSa Sa, byte[] LowestNonce);
}
