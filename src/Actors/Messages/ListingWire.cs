using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Messages;

/// <summary>IKE SAs as they are shown to people.</summary>
internal static class ListingWire
{
    public static Wire.ListAsk Write(ListIkeSas list) => new() { After = (uint)list.After, Limit = (uint)list.Limit, WithTraffic = list.WithTraffic };

    public static ListIkeSas Read(Wire.ListAsk wire) => new((int)wire.After, (int)Math.Min(wire.Limit, int.MaxValue), wire.WithTraffic);

    public static Wire.ListAnswer Write(IkeSasListed listed)
    {
        Wire.ListAnswer wire = new() { IkeSas = { listed.IkeSas.Select(Write) } };
        if (listed.Next is { } next) wire.Next = (uint)next;
        return wire;
    }

    public static IkeSasListed Read(Wire.ListAnswer wire) => new([.. wire.IkeSas.Select(Read)], wire.HasNext ? (int)wire.Next : null);

    private static Wire.IkeSaShown Write(ListedIkeSa listed)
    {
        IkeSaSnapshot ikeSa = listed.IkeSa;
        Wire.IkeSaShown wire = new()
        {
            Session = ikeSa.Session.Value,
            Name = ikeSa.Name,
            Number = (uint)ikeSa.Number,
            State = ikeSa.State.ToString(),
            Initiator = ikeSa.IsInitiator,
            LocalSpi = ikeSa.LocalSpi,
            RemoteSpi = ikeSa.RemoteSpi,
            Local = ikeSa.Local is { } local ? EndpointWire.Write(local) : null,
            Remote = ikeSa.Remote is { } remote ? EndpointWire.Write(remote) : null,
            LocalVirtual = { ikeSa.LocalVirtual.Select(EndpointWire.Write) },
            RemoteVirtual = { ikeSa.RemoteVirtual.Select(EndpointWire.Write) },
            NatLocal = ikeSa.Nat.Local,
            NatRemote = ikeSa.Nat.Remote,
            NatPretended = ikeSa.Nat.IsPretended,
            Turned = ikeSa.IsTurned,
            Children = { ikeSa.Children.Select(child => Write(child, listed.Traffic.GetValueOrDefault(child.ChildId))) },
        };
        if (ikeSa.LocalIdentity is { } localIdentity) wire.LocalIdentity = localIdentity;
        if (ikeSa.RemoteIdentity is { } remoteIdentity) wire.RemoteIdentity = remoteIdentity;
        if (ikeSa.EstablishedAt is { } established) wire.EstablishedAt = established.ToUnixTimeMilliseconds();
        if (ikeSa.KeyedAt is { } keyed) wire.KeyedAt = keyed.ToUnixTimeMilliseconds();
        if (ikeSa.RekeyAt is { } rekey) wire.RekeyAt = rekey.ToUnixTimeMilliseconds();
        if (ikeSa.Suite is { } suite)
        {
            wire.Suite = new Wire.IkeSuiteShown
            {
                Encryption = (uint)suite.Encryption,
                KeyLength = suite.KeyLength,
                Integrity = (uint)suite.Integrity,
                Prf = (uint)suite.Prf,
                KeyExchange = (uint)suite.KeyExchange,
            };
        }

        return wire;
    }

    private static ListedIkeSa Read(Wire.IkeSaShown wire)
    {
        Dictionary<uint, ChildTraffic> traffic = wire.Children
            .Where(child => child.Inbound is not null || child.Outbound is not null)
            .ToDictionary(child => child.Id, child => new ChildTraffic(Read(child.Inbound), Read(child.Outbound)));
        return new ListedIkeSa(
            new IkeSaSnapshot(
                new SessionId(wire.Session), wire.Name, (int)wire.Number, Words.Read(wire.State, IkeSaState.Established), wire.Initiator, wire.LocalSpi, wire.RemoteSpi,
                wire.Local is { } local ? EndpointWire.Read(local) : null, wire.Remote is { } remote ? EndpointWire.Read(remote) : null,
                wire.HasLocalIdentity ? wire.LocalIdentity : null, wire.HasRemoteIdentity ? wire.RemoteIdentity : null, [.. wire.Children.Select(Read)])
            {
                Suite = wire.Suite is { } suite
                    ? new IkeSuite((EncryptionId)suite.Encryption, (ushort)suite.KeyLength, (IntegrityId)suite.Integrity, (PrfId)suite.Prf, (KeyExchangeMethod)suite.KeyExchange)
                    : null,
                LocalVirtual = [.. wire.LocalVirtual.Select(EndpointWire.ReadAddress)],
                RemoteVirtual = [.. wire.RemoteVirtual.Select(EndpointWire.ReadAddress)],
                IsTurned = wire.Turned,
                Nat = new NatSituation(wire.NatLocal, wire.NatRemote, wire.NatPretended),
                EstablishedAt = wire.HasEstablishedAt ? TimeOf(wire.EstablishedAt) : null,
                KeyedAt = wire.HasKeyedAt ? TimeOf(wire.KeyedAt) : null,
                RekeyAt = wire.HasRekeyAt ? TimeOf(wire.RekeyAt) : null,
            },
            traffic);
    }

    private static Wire.ChildShown Write(ChildSaSnapshot child, ChildTraffic? traffic) => new()
    {
        Id = child.ChildId,
        Name = child.Name,
        Number = (uint)child.Number,
        State = child.State.ToString(),
        InboundSpi = child.InboundSpi,
        OutboundSpi = child.OutboundSpi,
        Details = child.Details is { } details ? Write(details) : null,
        Inbound = traffic?.Inbound is { } inbound ? Write(inbound) : null,
        Outbound = traffic?.Outbound is { } outbound ? Write(outbound) : null,
    };

    private static ChildSaSnapshot Read(Wire.ChildShown wire) =>
        new(wire.Id, wire.Name, (int)wire.Number, Words.Read(wire.State, ChildSaState.Installed), wire.InboundSpi, wire.OutboundSpi)
        {
            Details = wire.Details is { Suite: not null } details ? Read(details) : null,
        };

    private static Wire.ChildDetails Write(ChildSaDetails details)
    {
        Wire.ChildDetails wire = new()
        {
            Suite = InstallationWire.Write(details.Suite),
            Transport = details.IsTransport,
            InUdp = details.IsEncapsulated,
            ReqId = details.ReqId,
            Local = { details.Local.Select(EndpointWire.Write) },
            Remote = { details.Remote.Select(EndpointWire.Write) },
            InstalledAt = details.InstalledAt.ToUnixTimeMilliseconds(),
        };
        if (details.ExpiresAt is { } expires) wire.ExpiresAt = expires.ToUnixTimeMilliseconds();
        return wire;
    }

    private static ChildSaDetails Read(Wire.ChildDetails wire) => new(
        InstallationWire.Read(wire.Suite), wire.Transport, wire.InUdp, wire.ReqId,
        [.. wire.Local.Select(EndpointWire.Read)], [.. wire.Remote.Select(EndpointWire.Read)],
        TimeOf(wire.InstalledAt), wire.HasExpiresAt ? TimeOf(wire.ExpiresAt) : null);

    private static Wire.SaShown Write(SaInfo sa) => new()
    {
        Source = EndpointWire.Write(sa.Source),
        Destination = EndpointWire.Write(sa.Id.Destination),
        Spi = sa.Id.Spi,
        Transport = sa.Mode == XfrmMode.Transport,
        ReqId = sa.ReqId,
        Bytes = sa.Bytes,
        Packets = sa.Packets,
        Sent = sa.Sent,
        Received = sa.Received,
    };

    private static SaInfo? Read(Wire.SaShown? wire) => wire is null
        ? null
        : new SaInfo(
            new SaId(EndpointWire.ReadAddress(wire.Destination), wire.Spi), EndpointWire.ReadAddress(wire.Source),
            wire.Transport ? XfrmMode.Transport : XfrmMode.Tunnel, wire.ReqId, wire.Bytes, wire.Packets, IsLarval: false)
        {
            Sent = wire.Sent,
            Received = wire.Received,
        };

    /// <exception cref="ArgumentOutOfRangeException">No such time.</exception>
    private static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
