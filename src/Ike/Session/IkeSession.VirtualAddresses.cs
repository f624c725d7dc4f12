using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Configuration payloads as the client that asks for addresses (RFC 7296 §2.19, §3.15): with IKE_AUTH, and where the gateway had none, with INFORMATIONAL
/// each time that a child which needs one is tried again. Where the gateway does not answer that way and nothing else keeps the IKE SA, it is built anew.
/// </summary>
public sealed partial class IkeSession
{
    private bool _asksForAddresses;

    /// <summary>The addresses that the peer has given us inside the tunnel; what <c>dynamic</c> is on our side.</summary>
    public IReadOnlyList<IPAddress> VirtualAddresses { get; private set; } = [];

    /// <summary>RFC 7296 §2.19: CP stands before SA. What a gateway tells of name servers is shown.</summary>
    private IEnumerable<Payload> ConfigurationRequest()
    {
        IReadOnlyList<IPAddress> wanted = _connection!.VirtualAddresses;
        if (!IsInitiator || wanted.Count == 0) return [];
        IEnumerable<ConfigurationAttribute> servers = wanted.Select(a => a.AddressFamily).Distinct().Select(family => new ConfigurationAttribute(
            family == AddressFamily.InterNetwork ? ConfigurationAttributeType.InternalIp4Dns : ConfigurationAttributeType.InternalIp6Dns, default));
        return [new CpPayload(ConfigurationType.Request, [.. wanted.Select(ConfigurationAttribute.Ask), .. servers])];
    }

    /// <summary>True when the message gives us addresses that we asked for: no more of a family than that, and none that no host can have.</summary>
    private bool TakeAddresses(IkeMessage message)
    {
        if (!IsInitiator || message.Find<CpPayload>() is not { CfgType: ConfigurationType.Reply } reply) return false;
        List<IPAddress> taken = [];
        foreach (AddressFamily family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            taken.AddRange(reply.Attributes
                .Select(a => a.Address)
                .OfType<IPAddress>()
                .Where(a => a.AddressFamily == family && CanBeOurs(a))
                .Distinct()
                .Take(_connection!.VirtualAddresses.Count(v => v.AddressFamily == family)));
        }

        if (taken.Count == 0) return false;
        VirtualAddresses = taken;
        MustBeWritten();
        List<IPAddress> servers = [.. reply.Attributes.Select(a => a.DnsServer).OfType<IPAddress>()];
        Say(LogTag.Cfg, Severity.Info, $"installing new virtual IP {string.Join(", ", taken)}");
        if (servers.Count > 0) Say(LogTag.Cfg, Severity.Info, $"the peer names DNS servers {string.Join(", ", servers)}");
        _effects.Add(new UseAddresses(taken, Path!));
        return true;
    }

    private static bool CanBeOurs(IPAddress address) =>
        !ConfigurationAttribute.IsUnspecified(address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Broadcast)
        && !(address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] is >= 224 and < 240 : address.IsIPv6Multicast);

    /// <summary>The child is for the address that we have inside the tunnel, and we have none.</summary>
    private bool LacksOwnAddress(ChildConfig child) =>
        IsInitiator && VirtualAddresses.Count == 0 && _connection!.VirtualAddresses.Count > 0 && child.LocalSelectors.Any(s => s.IsDynamic);

    /// <summary>RFC 7296 §3.15.4: the configuration payload once more, by itself. One at a time, whoever waits for it.</summary>
    private void AskForAddresses()
    {
        if (_asksForAddresses) return;
        _asksForAddresses = true;
        Enqueue(new AddressRequest());
    }

    private void OnAddressResponse(IkeMessage message)
    {
        _asksForAddresses = false;
        if (State != IkeSaState.Established) return;
        List<string> waiting = [.. _connection!.Children.Where(c => _wanted.Contains(c.Name) || _asked.ContainsKey(c.Name)).Where(LacksOwnAddress).Select(c => c.Name)];
        if (TakeAddresses(message))
        {
            BringUpFurtherChildren(waiting);
            return;
        }

        NotifyType? notify = message.FirstErrorNotify?.NotifyType;
        foreach (string name in waiting)
        {
            Tell(new ChildFailed(name, notify, ByPeer: true));
            NoteFailure(name, RetryAdvice.BackOff);
            ScheduleRetry(name);
        }

        // RFC 7296 §3.15.4: this peer gives addresses with a new IKE SA alone.
        if (notify is null && _children.Count == 0) StartAnew(waiting);
    }

    private void StartAnew(List<string> children)
    {
        Say(LogTag.Cfg, Severity.Warning, "the peer gave no virtual IP: the IKE_SA is built anew");
        _effects.Add(new CallAnew(_connection!, children, Path!));
        BeginClose(EndReason.NoAddress);
    }

    private void BringUpFurtherChildren(List<string> names)
    {
        foreach (string name in names)
        {
            _failedAttempts.Remove(name);
            if (_wanted.Contains(name)) BringUp(name);
            else if (LiveChild(name) is null) BringUp(_connection!.Children.First(c => c.Name == name));
        }
    }

    /// <summary>The kernel did not take the addresses: what leaves from them would reach nobody.</summary>
    private void OnAddressesNotUsable(AddressesNotUsable refused)
    {
        if (State != IkeSaState.Established || VirtualAddresses.Count == 0) return;
        Say(LogTag.Knl, Severity.Error, $"virtual IP {string.Join(", ", VirtualAddresses)} cannot be added to this host: {refused.Reason}");
        _effects.Add(new CallAnew(_connection!, [.. _wanted], Path!));
        BeginClose(EndReason.KernelRefused);
    }

    /// <summary>
    /// What a configured selector is now. <c>dynamic</c> is the address inside the tunnel where there is one; where we have yet to be given ours, every address
    /// of the family (RFC 7296 §2.19); else the address of the IKE SA itself.
    /// </summary>
    private IEnumerable<TrafficSelector> Resolve(SelectorConfig selector, bool ours)
    {
        IReadOnlyList<IPAddress> inside = ours ? VirtualAddresses : PeerAddresses;
        if (!selector.IsDynamic) return [selector.Resolve(IPAddress.None)];
        if (inside.Count > 0) return inside.Select(selector.Resolve);
        if (ours && IsInitiator && _connection!.VirtualAddresses.Count > 0)
            return _connection.VirtualAddresses.Select(a => a.AddressFamily).Distinct().Select(selector.ResolveToAny);
        return [selector.Resolve(ours ? Path!.Local.Address : Path!.Remote.Address)];
    }
}
