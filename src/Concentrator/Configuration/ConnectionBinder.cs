using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Configuration;

/// <summary>A section <c>connections.&lt;conn&gt;</c> as a <see cref="ConnectionConfig"/>.</summary>
internal static class ConnectionBinder
{
    private const int MostVirtualAddresses = 8;

    internal static readonly IReadOnlyDictionary<string, FragmentationPolicy> Fragmentation = new Dictionary<string, FragmentationPolicy>
    {
        ["yes"] = FragmentationPolicy.Yes,
        ["accept"] = FragmentationPolicy.Accept,
        ["force"] = FragmentationPolicy.Force,
        ["no"] = FragmentationPolicy.No,
    };

    public static ConnectionConfig Bind(SettingsSection section, ICertificateSource files, List<ConfigurationError> errors)
    {
        var reader = new SettingsReader(section, KeyTable.Connection, errors);
        return new ConnectionConfig
        {
            Name = section.Name,
            LocalAddresses = Addresses(reader, "local_addrs"),
            RemoteAddresses = Addresses(reader, "remote_addrs"),
            LocalPort = (ushort)reader.Number("local_port"),
            RemotePort = (ushort)reader.Number("remote_port"),
            Proposals = Proposals(reader, "proposals", ProtocolId.Ike),
            Local = AuthBinder.Bind(reader, "local", KeyTable.Local, files, errors),
            Remote = AuthBinder.Bind(reader, "remote", KeyTable.Remote, files, errors),
            Children = Children(section, errors),
            ForceEncapsulation = reader.Flag("encap"),
            DpdDelay = reader.Time("dpd_delay"),
            KeyingTries = KeyingTries(reader),
            Unique = reader.Choice<UniquePolicy>("unique"),
            Mobike = reader.Flag("mobike"),
            Pools = reader.List("pools"),
            VirtualAddresses = VirtualAddresses(reader),
            SendCertificate = reader.Choice<SendCertificatePolicy>("send_cert"),
            SendCertificateRequest = reader.Flag("send_certreq"),
            Fragmentation = reader.Word("fragmentation", Fragmentation),
        }.WithLifetime(reader);
    }

    /// <summary><c>%forever</c> is 0.</summary>
    private static int KeyingTries(SettingsReader reader) =>
        reader.Text("keyingtries") is "%forever" ? 0 : reader.Number("keyingtries");

    internal static IReadOnlyList<Proposal> Proposals(SettingsReader reader, string key, ProtocolId protocol)
    {
        List<Proposal> proposals = [];
        foreach (string text in reader.List(key).SelectMany(t => ProposalParser.Expand(t, protocol)))
        {
            byte number = (byte)(proposals.Count + 1);
            if (reader.TryRead(key, text, t => protocol == ProtocolId.Ike ? ProposalParser.ParseIke(t, number) : ProposalParser.ParseEsp(t, number), out Proposal? proposal))
                proposals.Add(proposal!);
        }

        if (proposals.Count > byte.MaxValue - 1) reader.Error(key, "more proposals than a message can hold");
        return proposals;
    }

    /// <summary>Empty where any address will do.</summary>
    private static List<AddressRange> Addresses(SettingsReader reader, string key)
    {
        List<AddressRange> ranges = [];
        bool isAny = false;
        foreach (string text in reader.List(key))
        {
            if (text == "%any") isAny = true;
            else if (text is "%any4" or "0.0.0.0") ranges.Add(AddressRange.AnyIpv4);
            else if (text is "%any6" or "::") ranges.Add(AddressRange.AnyIpv6);
            else if (reader.TryRead(key, text, AddressText.ParseOrResolve, out IReadOnlyList<AddressRange>? parsed)) ranges.AddRange(parsed!);
        }

        return isAny ? [] : ranges;
    }

    /// <summary>The unspecified address of a family asks for any; <c>%any</c> is that of IPv4.</summary>
    private static List<IPAddress> VirtualAddresses(SettingsReader reader)
    {
        List<IPAddress> addresses = [];
        foreach (string text in reader.List("vips"))
        {
            if (text is "%any" or "%any4") addresses.Add(IPAddress.Any);
            else if (text is "%any6") addresses.Add(IPAddress.IPv6Any);
            else if (AddressRange.TryParseAddress(text, out IPAddress? address)) addresses.Add(address);
            else reader.Error("vips", $"'{text}' is no address; 0.0.0.0 and :: ask for any");
        }

        if (addresses.Count > MostVirtualAddresses) reader.Error("vips", $"more than {MostVirtualAddresses} addresses");
        return addresses;
    }

    private static List<ChildConfig> Children(SettingsSection connection, List<ConfigurationError> errors) =>
    [
        .. SettingsReader.Named(connection.Sections.GetValueOrDefault("children"), "a child", errors)
            .Select(child => ChildBinder.Bind(child, errors)),
    ];
}
