using System.Net;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Messages with every payload of the RFC in them, and the keys to protect them.</summary>
internal static class Golden
{
    private static readonly IkeSuite Suite = new(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    public static IReadOnlyList<Payload> EveryPayload { get; } =
    [
        new SaPayload([ProposalParser.ParseIke("aes256-sha256-modp2048", 1), ProposalParser.ParseEsp("aes128gcm16-x25519-esn", 2).WithSpi(0xc0000001)]),
        new KePayload(KeyExchangeMethod.Curve25519, Octets(32)),
        IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org")),
        IdPayload.Create(PayloadType.IdentificationResponder, Identity.FromAddress(IPAddress.IPv6Loopback)),
        new CertPayload(PayloadType.Certificate, 4, Octets(60)),
        new CertPayload(PayloadType.CertificateRequest, 4, Octets(20)),
        new AuthPayload(AuthMethod.SharedKeyMic, Octets(32)),
        new NoncePayload(Octets(32)),
        new NotifyPayload(NotifyType.RekeySa, default, ProtocolId.Esp, Octets(4)),
        new NotifyPayload(NotifyType.Cookie, Octets(17)),
        new DeletePayload(ProtocolId.Esp, [0xc0000001, 0xc0000002]),
        new DeletePayload(ProtocolId.Ike, []),
        new VendorIdPayload(Octets(16)),
        new TsPayload(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("10.1.0.0/24"), TrafficSelector.Parse("2001:db8::/32")]),
        new TsPayload(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.2.0.3..10.2.0.9")]),
        new CpPayload(ConfigurationType.Request, [new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Address, default), new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Dns, Octets(4))]),
        new EapPayload(new byte[] { 1, 7, 0, 6, 1, 0x41 }),
        new UnknownPayload((PayloadType)200, Critical: false, Octets(9)),
    ];

    public static IkeHeader Header(ExchangeType exchange = ExchangeType.IkeAuth, IkeFlags flags = IkeFlags.Initiator, uint id = 1) =>
        new(0x1122334455667788, 0x99aabbccddeeff00, PayloadType.None, IkeHeader.Version2, exchange, flags, id, 0);

    public static MessageProtector Protector() => MessageProtector.Create(Suite, new byte[20], default, new SeededRandom(3));

    public static byte[] Octets(int length) => [.. Enumerable.Range(1, length).Select(i => (byte)i)];
}
