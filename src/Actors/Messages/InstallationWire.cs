using System.Net;
using Concentrator.Actors.Kernel;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>What was negotiated for a child, with its keys. Of its configuration the kernel asks for the replay window alone.</summary>
internal static class InstallationWire
{
    public static Wire.Installation Write(InstallSas install)
    {
        ChildSaParameters parameters = install.Parameters;
        return new Wire.Installation
        {
            Suite = Write(parameters.Suite),
            EncryptionInitiator = Write(parameters.Keys.EncryptionInitiator),
            IntegrityInitiator = Write(parameters.Keys.IntegrityInitiator),
            EncryptionResponder = Write(parameters.Keys.EncryptionResponder),
            IntegrityResponder = Write(parameters.Keys.IntegrityResponder),
            KeysAreInitiators = parameters.KeysAreInitiators,
            PeerSpi = parameters.PeerSpi,
            Local = { parameters.Local.Select(EndpointWire.Write) },
            Remote = { parameters.Remote.Select(EndpointWire.Write) },
            Transport = parameters.Mode == ChildMode.Transport,
            Path = EndpointWire.Write(new IkePath(parameters.LocalEndpoint, parameters.RemoteEndpoint, NonEspMarker: false)),
            InUdp = parameters.UdpEncapsulation,
            Limits = new Wire.Lifetime
            {
                SoftBytes = parameters.Limits.SoftBytes,
                HardBytes = parameters.Limits.HardBytes,
                SoftPackets = parameters.Limits.SoftPackets,
                HardPackets = parameters.Limits.HardPackets,
                HardTime = (ulong)parameters.Limits.HardTime.TotalMilliseconds,
            },
            Hold = parameters.HoldOutbound,
            InboundSpi = install.InboundSpi,
            ReqId = install.ReqId,
            ReplayWindow = (uint)install.Config.ReplayWindow,
        };
    }

    /// <exception cref="ArgumentException">Something that no child is without is missing.</exception>
    public static InstallSas Read(Wire.Installation wire)
    {
        if (wire is not { Suite: { } suite, Path: { } ends }) throw new ArgumentException("an installation without a suite or a path");
        IkePath path = EndpointWire.Read(ends);
        Wire.Lifetime limits = wire.Limits ?? new Wire.Lifetime();
        ChildSaParameters parameters = new(
            Read(suite),
            ReadKeys(wire),
            wire.KeysAreInitiators,
            wire.PeerSpi,
            [.. wire.Local.Select(EndpointWire.Read)],
            [.. wire.Remote.Select(EndpointWire.Read)],
            wire.Transport ? ChildMode.Transport : ChildMode.Tunnel,
            path.Local,
            path.Remote,
            wire.InUdp)
        {
            Limits = new ChildLimits(
                limits.SoftBytes, limits.HardBytes, limits.SoftPackets, limits.HardPackets, TimeSpan.FromMilliseconds(Math.Min(limits.HardTime, uint.MaxValue * 1000UL))),
            HoldOutbound = wire.Hold,
        };
        return new InstallSas(parameters, new ChildConfig { Name = "", Proposals = [], ReplayWindow = (int)wire.ReplayWindow }, wire.InboundSpi, wire.ReqId);
    }

    public static Wire.Suite Write(EspSuite suite) => new()
    {
        Encryption = (uint)suite.Encryption,
        KeyLength = suite.KeyLength,
        Integrity = (uint)suite.Integrity,
        ExtendedSequenceNumbers = suite.ExtendedSequenceNumbers,
        KeyExchange = (uint)suite.KeyExchange,
    };

    public static EspSuite Read(Wire.Suite wire) => new(
        (EncryptionId)wire.Encryption, (ushort)wire.KeyLength, (IntegrityId)wire.Integrity, wire.ExtendedSequenceNumbers, (KeyExchangeMethod)wire.KeyExchange);

    private static ByteString Write(Secret secret) => ByteString.CopyFrom(secret.Span);

    private static ChildKeys ReadKeys(Wire.Installation wire)
    {
        using Secret encryptionInitiator = new(wire.EncryptionInitiator.Span), integrityInitiator = new(wire.IntegrityInitiator.Span);
        using Secret encryptionResponder = new(wire.EncryptionResponder.Span), integrityResponder = new(wire.IntegrityResponder.Span);
        return new ChildKeys(encryptionInitiator, integrityInitiator, encryptionResponder, integrityResponder);
    }
}
