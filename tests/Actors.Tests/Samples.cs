using System.Net;
using System.Text;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests;

/// <summary>Configurations and parameters as a gateway named sun and its peer moon might have them.</summary>
internal static class Samples
{
    public static IPEndPoint Local { get; } = new(IPAddress.Parse("192.0.2.1"), 500);

    public static IPEndPoint Remote { get; } = new(IPAddress.Parse("192.0.2.2"), 500);

    public static EspSuite Gcm { get; } = new(EncryptionId.AesGcm16, 128, IntegrityId.None, false, KeyExchangeMethod.None);

    public static EspSuite Cbc { get; } = new(EncryptionId.AesCbc, 256, IntegrityId.HmacSha256_128, false, KeyExchangeMethod.None);

    public static ChildConfig Child(string name = "net", params string[] esp) => new()
    {
        Name = name,
        Proposals = [.. (esp.Length > 0 ? esp : ["aes128gcm16"]).Select((text, i) => ProposalParser.ParseEsp(text, (byte)(i + 1)))],
    };

    public static ChildPlan Plan(
        bool isInitiator, ExchangeType exchange = ExchangeType.IkeAuth, uint? rekeyOf = null, ChildConfig? config = null) =>
        new(1, config ?? Child(), isInitiator, exchange, rekeyOf);

    public static ChildSaParameters Parameters(
        bool keysAreInitiators = true, EspSuite? suite = null, uint peerSpi = 0xcafe0001, string local = "10.1.0.0/24", string remote = "10.2.0.0/24") =>
        new(
            suite ?? Gcm,
            Keys(suite ?? Gcm),
            keysAreInitiators,
            peerSpi,
            [TrafficSelector.Parse(local)],
            [TrafficSelector.Parse(remote)],
            ChildMode.Tunnel,
            Local,
            Remote,
            UdpEncapsulation: false);

    public static ChildKeys Keys(EspSuite suite)
    {
        using Secret skD = new(new byte[32]);
        return ChildKeys.Derive(suite, PrfId.HmacSha256, skD, new byte[16], new byte[16], null);
    }

    public static SharedKeyConfig SharedKey(string key) => new("ike-test", [], new Secret(Encoding.ASCII.GetBytes(key)));

    public static SelectorConfig Net(string network)
    {
        TrafficSelector selector = TrafficSelector.Parse(network);
        return new SelectorConfig(new AddressRange(selector.Start, selector.End), 0, 0, ushort.MaxValue);
    }
}
