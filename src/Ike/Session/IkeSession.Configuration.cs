using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Configuration payloads as the gateway that gives addresses (RFC 7296 §2.19, §3.15): what the peer asks for is leased outside, and until the answer comes
/// nothing is answered. An address belongs to the peer as long as this lineage of IKE SAs lives, whoever rekeys.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>A peer may ask for so many addresses at a time; further ones are not looked at.</summary>
    private const int MostAddressesAsked = 8;

    private PendingLease? _pendingLease;

    /// <summary>Addresses were asked for: whoever keeps them is told when we are done with them.</summary>
    private bool _holdsLease;

    /// <summary>The addresses of our pools that the peer has inside the tunnel; what <c>dynamic</c> is on its side.</summary>
    public IReadOnlyList<IPAddress> PeerAddresses { get; private set; } = [];

    /// <summary>True when the request has to wait for addresses. <paramref name="proof"/>: what an IKE_AUTH response proves us with; null for INFORMATIONAL.</summary>
    private bool AsksForLease(IkeMessage message, OwnProof? proof)
    {
        if (IsInitiator || _connection!.Pools.Count == 0 || _pendingLease is not null) return false;
        if (message.Find<CpPayload>() is not { CfgType: ConfigurationType.Request } request) return false;
        List<IPAddress> asked = [.. request.Attributes.Where(a => a.Address is not null).Select(a => a.Address!).Take(MostAddressesAsked)];
        // RFC 7296 §2.19: a request holds at least one address; without one it is none.
        if (asked.Count == 0) return false;
        _pendingLease = new PendingLease(_answering!, message, proof);
        _holdsLease = true;
        _effects.Add(new LeaseAddresses(
            _connection.Pools, asked, RemoteIdentity!, Path!.Remote.Address, ReplacesOthers(message.Notify(NotifyType.InitialContact) is not null)));
        return true;
    }

    private void OnAddressesLeased(AddressesLeased leased)
    {
        if (_pendingLease is null) return;
        PeerAddresses = leased.Addresses;
        MustBeWritten();
        foreach (IPAddress address in leased.Addresses) Say(LogTag.Cfg, Severity.Info, $"assigning virtual IP {address} to peer '{RemoteIdentity}'");
        ConcludeLease(new CpPayload(
            ConfigurationType.Reply, [.. leased.Addresses.Select(ConfigurationAttribute.Assign), .. leased.Attributes]));
    }

    /// <summary>RFC 7296 §3.15.4: none of the addresses can be given; the IKE SA lives all the same.</summary>
    private void OnAddressesRefused(AddressesRefused refused)
    {
        if (_pendingLease is null) return;
        Say(LogTag.Cfg, Severity.Warning, $"no virtual IP for peer '{RemoteIdentity}': {refused.Reason}");
        ConcludeLease(new NotifyPayload(NotifyType.InternalAddressFailure));
    }

    private void ConcludeLease(Payload answer)
    {
        PendingLease pending = _pendingLease!;
        _pendingLease = null;
        _answering = pending.Request;
        if (pending.Proof is { } proof) CompleteAdmission(pending.Message, proof, answer);
        else Respond([answer]);
    }

    /// <summary>
    /// What INFORMATIONAL says of configuration. True when the answer waits for addresses (RFC 7296 §3.15.4: who got none may ask again in this way); of what
    /// a peer would set here nothing is accepted (§3.15), and what else it asks for is declined without a CP (§2.20).
    /// </summary>
    private bool AnswerConfiguration(IkeMessage message, List<Payload> answer)
    {
        if (State != IkeSaState.Established || message.Find<CpPayload>() is not { } configuration) return false;
        if (configuration.CfgType == ConfigurationType.Set) answer.Add(new CpPayload(ConfigurationType.Ack, []));
        // What else is answered cannot wait.
        if (PeerAddresses.Count == 0) return answer.Count == 0 && AsksForLease(message, proof: null);
        if (configuration.CfgType == ConfigurationType.Request && configuration.Attributes.Any(a => a.IsAddress))
            answer.Add(new CpPayload(ConfigurationType.Reply, [.. PeerAddresses.Select(ConfigurationAttribute.Assign)]));
        return false;
    }

    /// <summary>The child is for the address that the peer has inside the tunnel, and it has none.</summary>
    private bool LacksPeerAddress(ChildConfig child) =>
        !IsInitiator && PeerAddresses.Count == 0 && _connection!.Pools.Count > 0 && child.RemoteSelectors.Any(s => s.IsDynamic);

    /// <summary>Nothing of this IKE SA uses the addresses any more: the peer's go back to their pools, ours leave the host.</summary>
    private void GiveBackAddresses()
    {
        if (_children.Count > 0) return;
        if (_holdsLease) _effects.Add(new ReleaseAddresses());
        if (VirtualAddresses.Count > 0) _effects.Add(new DropAddresses());
        _holdsLease = false;
        PeerAddresses = VirtualAddresses = [];
    }

    private sealed record PendingLease(InboundRequest Request, IkeMessage Message, OwnProof? Proof);
}
