using System.Globalization;
using System.Text;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>A message in one line, in the words that IPsec people know from other daemons' logs.</summary>
internal static class MessageSummary
{
    private static readonly Dictionary<NotifyType, string> ShortNames = new()
    {
        [NotifyType.UnsupportedCriticalPayload] = "CRIT",
        [NotifyType.InvalidIkeSpi] = "INVAL_IKE_SPI",
        [NotifyType.InvalidMajorVersion] = "INVAL_MAJOR",
        [NotifyType.InvalidSyntax] = "INVAL_SYN",
        [NotifyType.InvalidMessageId] = "INVAL_MID",
        [NotifyType.InvalidSpi] = "INVAL_SPI",
        [NotifyType.NoProposalChosen] = "NO_PROP",
        [NotifyType.InvalidKePayload] = "INVAL_KE",
        [NotifyType.AuthenticationFailed] = "AUTH_FAILED",
        [NotifyType.SinglePairRequired] = "SINGLE_PAIR",
        [NotifyType.NoAdditionalSas] = "NO_ADD_SAS",
        [NotifyType.InternalAddressFailure] = "INT_ADDR_FAIL",
        [NotifyType.FailedCpRequired] = "FAIL_CP_REQ",
        [NotifyType.TsUnacceptable] = "TS_UNACCEPT",
        [NotifyType.InvalidSelectors] = "INVAL_SEL",
        [NotifyType.UnacceptableAddresses] = "UNACCEPT_ADDR",
        [NotifyType.UnexpectedNatDetected] = "UNEXPECT_NAT",
        [NotifyType.TemporaryFailure] = "TEMP_FAIL",
        [NotifyType.ChildSaNotFound] = "NO_CHILD_SA",
        [NotifyType.InitialContact] = "INIT_CONTACT",
        [NotifyType.SetWindowSize] = "SET_WINSIZE",
        [NotifyType.AdditionalTsPossible] = "ADD_TS_POSS",
        [NotifyType.IpcompSupported] = "IPCOMP_SUPP",
        [NotifyType.NatDetectionSourceIp] = "NATD_S_IP",
        [NotifyType.NatDetectionDestinationIp] = "NATD_D_IP",
        [NotifyType.Cookie] = "COOKIE",
        [NotifyType.UseTransportMode] = "USE_TRANSP",
        [NotifyType.HttpCertLookupSupported] = "HTTP_CERT_LOOK",
        [NotifyType.RekeySa] = "REKEY_SA",
        [NotifyType.EspTfcPaddingNotSupported] = "ESP_TFC_PAD_N",
        [NotifyType.NonFirstFragmentsAlso] = "NON_FIRST_FRAG",
        [NotifyType.MobikeSupported] = "MOBIKE_SUP",
        [NotifyType.AdditionalIp4Address] = "ADD_4_ADDR",
        [NotifyType.AdditionalIp6Address] = "ADD_6_ADDR",
        [NotifyType.NoAdditionalAddresses] = "NO_ADD_ADDR",
        [NotifyType.UpdateSaAddresses] = "UPD_SA_ADDR",
        [NotifyType.Cookie2] = "COOKIE2",
        [NotifyType.NoNatsAllowed] = "NO_NATS",
        [NotifyType.AuthLifetime] = "AUTH_LFT",
        [NotifyType.MultipleAuthSupported] = "MULT_AUTH",
        [NotifyType.AnotherAuthFollows] = "AUTH_FOLLOWS",
        [NotifyType.RedirectSupported] = "REDIR_SUP",
        [NotifyType.Redirect] = "REDIR",
        [NotifyType.RedirectedFrom] = "REDIR_FROM",
        [NotifyType.EapOnlyAuthentication] = "EAP_ONLY",
        [NotifyType.ChildlessIkev2Supported] = "CHDLESS_SUP",
        [NotifyType.QuickCrashDetection] = "QCD_TOKEN",
        [NotifyType.Ikev2MessageIdSyncSupported] = "MSG_ID_SYN_SUP",
        [NotifyType.IpsecReplayCounterSyncSupported] = "RPL_CTR_SYN_SUP",
        [NotifyType.Ikev2MessageIdSync] = "MSG_ID_SYN",
        [NotifyType.IpsecReplayCounterSync] = "RPL_CTR_SYN",
        [NotifyType.Ikev2FragmentationSupported] = "FRAG_SUP",
        [NotifyType.SignatureHashAlgorithms] = "HASH_ALG",
    };

    public static string Of(IkeMessage message)
    {
        StringBuilder text = new();
        text.Append(NameOf(message.Header.Exchange));
        text.Append(message.Header.IsResponse ? " response " : " request ");
        text.Append(CultureInfo.InvariantCulture, $"{message.Header.MessageId} [ ");
        foreach (Payload payload in message.Payloads) text.Append(NameOf(payload)).Append(' ');
        return text.Append(']').ToString();
    }

    private static string NameOf(ExchangeType exchange) => exchange switch
    {
        ExchangeType.IkeSaInit => "IKE_SA_INIT",
        ExchangeType.IkeAuth => "IKE_AUTH",
        ExchangeType.CreateChildSa => "CREATE_CHILD_SA",
        ExchangeType.Informational => "INFORMATIONAL",
        ExchangeType.IkeSessionResume => "IKE_SESSION_RESUME",
        ExchangeType.IkeIntermediate => "IKE_INTERMEDIATE",
        ExchangeType.IkeFollowupKe => "IKE_FOLLOWUP_KE",
        _ => string.Create(CultureInfo.InvariantCulture, $"EXCHANGE_{(byte)exchange}"),
    };

    private static string NameOf(Payload payload) => payload switch
    {
        NotifyPayload notify => $"N({NameOf(notify.NotifyType)})",
        CpPayload cp => NameOf(cp),
        EapPayload => "EAP",
        UnknownPayload unknown => string.Create(CultureInfo.InvariantCulture, $"PLD_{(byte)unknown.Type}"),
        _ => NameOf(payload.Type),
    };

    private static string NameOf(NotifyType type) =>
        ShortNames.TryGetValue(type, out string? name) ? name : ((ushort)type).ToString(CultureInfo.InvariantCulture);

    private static string NameOf(CpPayload cp)
    {
        string kind = cp.CfgType switch
        {
            ConfigurationType.Request => "CPRQ",
            ConfigurationType.Reply => "CPRP",
            ConfigurationType.Set => "CPS",
            ConfigurationType.Ack => "CPA",
            _ => "CP",
        };
        return $"{kind}({string.Join(' ', cp.Attributes.Select(a => NameOf(a.Type)))})";
    }

    private static string NameOf(ConfigurationAttributeType type) => type switch
    {
        ConfigurationAttributeType.InternalIp4Address => "ADDR",
        ConfigurationAttributeType.InternalIp4Netmask => "MASK",
        ConfigurationAttributeType.InternalIp4Dns => "DNS",
        ConfigurationAttributeType.InternalIp4Nbns => "NBNS",
        ConfigurationAttributeType.InternalIp4Dhcp => "DHCP",
        ConfigurationAttributeType.ApplicationVersion => "VER",
        ConfigurationAttributeType.InternalIp6Address => "ADDR6",
        ConfigurationAttributeType.InternalIp6Dns => "DNS6",
        ConfigurationAttributeType.InternalIp6Dhcp => "DHCP6",
        ConfigurationAttributeType.InternalIp4Subnet => "SUBNET",
        ConfigurationAttributeType.SupportedAttributes => "SUP",
        ConfigurationAttributeType.InternalIp6Subnet => "SUBNET6",
        ConfigurationAttributeType.Mip6HomePrefix => "MIP6HPFX",
        ConfigurationAttributeType.InternalIp6Link => "LINK6",
        ConfigurationAttributeType.InternalIp6Prefix => "PFX6",
        ConfigurationAttributeType.InternalIp4Server => "SRV",
        ConfigurationAttributeType.InternalIp6Server => "SRV6",
        ConfigurationAttributeType.UnitySplitInclude => "U_SPLITINC",
        ConfigurationAttributeType.UnityLocalLan => "U_LOCALLAN",
        _ => ((ushort)type).ToString(CultureInfo.InvariantCulture),
    };

    private static string NameOf(PayloadType type) => type switch
    {
        PayloadType.SecurityAssociation => "SA",
        PayloadType.KeyExchange => "KE",
        PayloadType.IdentificationInitiator => "IDi",
        PayloadType.IdentificationResponder => "IDr",
        PayloadType.Certificate => "CERT",
        PayloadType.CertificateRequest => "CERTREQ",
        PayloadType.Authentication => "AUTH",
        PayloadType.Nonce => "No",
        PayloadType.Delete => "D",
        PayloadType.VendorId => "V",
        PayloadType.TrafficSelectorInitiator => "TSi",
        PayloadType.TrafficSelectorResponder => "TSr",
        _ => type.ToString(),
    };
}
