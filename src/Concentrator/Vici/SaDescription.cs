using System.Globalization;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Vici;

/// <summary>IKE SAs and CHILD_SAs in the words of vici, the same for lists and for events. Times are in seconds from now.</summary>
internal sealed class SaDescription(TimeProvider time)
{
    /// <param name="writer">Gets one section, named after the connection.</param>
    /// <param name="ikeSa">What is to be described.</param>
    /// <param name="isShown">Which of its children.</param>
    /// <param name="traffic">What the kernel counts, by child id; absent in events.</param>
    public void WriteIkeSa(ViciWriter writer, IkeSaSnapshot ikeSa, Func<ChildSaSnapshot, bool> isShown, IReadOnlyDictionary<uint, ChildTraffic>? traffic = null)
    {
        writer.Begin(ikeSa.Name);
        WriteBody(writer, ikeSa, ikeSa.LocalSpi);
        writer.Begin("child-sas");
        foreach (ChildSaSnapshot child in ikeSa.Children.Where(isShown))
        {
            writer.Begin(string.Create(CultureInfo.InvariantCulture, $"{child.Name}-{child.Number}"));
            WriteChild(writer, child, traffic);
            writer.End();
        }

        writer.End().End();
    }

    /// <summary>The new endpoints, then the IKE SA with the former ones.</summary>
    public void WriteMove(ViciWriter writer, IkeSaSnapshot ikeSa, IkeSaMoved moved)
    {
        writer.Put("local-host", ikeSa.Local!.Address.ToString()).Put("local-port", ikeSa.Local.Port)
            .Put("remote-host", ikeSa.Remote!.Address.ToString()).Put("remote-port", ikeSa.Remote.Port)
            .Begin(ikeSa.Name);
        WriteBody(writer, ikeSa with { Local = moved.FormerLocal, Remote = moved.FormerRemote }, ikeSa.LocalSpi);
        writer.End();
    }

    public void WriteIkeRekey(ViciWriter writer, IkeSaSnapshot ikeSa, ulong oldLocalSpi)
    {
        writer.Begin(ikeSa.Name).Begin("old");
        WriteBody(writer, ikeSa, oldLocalSpi);
        writer.End().Begin("new");
        WriteBody(writer, ikeSa, ikeSa.LocalSpi);
        writer.End().End();
    }

    public void WriteChildRekey(ViciWriter writer, IkeSaSnapshot ikeSa, uint oldInboundSpi, uint newInboundSpi)
    {
        writer.Begin(ikeSa.Name);
        WriteBody(writer, ikeSa, ikeSa.LocalSpi);
        writer.Begin("child-sas");
        if (ikeSa.Children.FirstOrDefault(child => child.InboundSpi == newInboundSpi) is { } fresh)
        {
            writer.Begin(fresh.Name);
            foreach ((string which, uint spi) in new[] { ("old", oldInboundSpi), ("new", newInboundSpi) })
            {
                writer.Begin(which);
                if (ikeSa.Children.FirstOrDefault(child => child.InboundSpi == spi) is { } child) WriteChild(writer, child, traffic: null);
                writer.End();
            }

            writer.End();
        }

        writer.End().End();
    }

    private void WriteBody(ViciWriter writer, IkeSaSnapshot ikeSa, ulong localSpi)
    {
        bool isInitiator = ikeSa.IsInitiator != ikeSa.IsTurned;
        (ulong initiator, ulong responder) = isInitiator ? (localSpi, ikeSa.RemoteSpi) : (ikeSa.RemoteSpi, localSpi);
        writer.Put("uniqueid", ikeSa.Number)
            .Put("version", "2")
            .Put("state", ikeSa.State.DisplayName())
            .Put("local-host", ikeSa.Local?.Address.ToString() ?? "%any")
            .Put("local-port", ikeSa.Local?.Port ?? 0)
            .Put("local-id", ikeSa.LocalIdentity ?? "%any")
            .Put("remote-host", ikeSa.Remote?.Address.ToString() ?? "%any")
            .Put("remote-port", ikeSa.Remote?.Port ?? 0)
            .Put("remote-id", ikeSa.RemoteIdentity ?? "%any")
            .PutIf(isInitiator, "initiator", "yes")
            .Put("initiator-spi", initiator.ToString("x16", CultureInfo.InvariantCulture))
            .Put("responder-spi", responder.ToString("x16", CultureInfo.InvariantCulture))
            .PutIf(ikeSa.Nat.Local, "nat-local", "yes")
            .PutIf(ikeSa.Nat.Remote, "nat-remote", "yes")
            .PutIf(ikeSa.Nat.IsPretended, "nat-fake", "yes")
            .PutIf(ikeSa.Nat is { Local: true } or { Remote: true } or { IsPretended: true }, "nat-any", "yes");
        if (ikeSa.LocalVirtual.Count > 0) writer.List("local-vips", ikeSa.LocalVirtual.Select(address => address.ToString()));
        if (ikeSa.RemoteVirtual.Count > 0) writer.List("remote-vips", ikeSa.RemoteVirtual.Select(address => address.ToString()));
        if (ikeSa.Suite is { } suite)
        {
            writer.Put("encr-alg", suite.Encryption.DisplayName())
                .PutIf(suite.KeyLength > 0, "encr-keysize", suite.KeyLength.ToString(CultureInfo.InvariantCulture))
                .PutIf(suite.Integrity != IntegrityId.None, "integ-alg", suite.Integrity.DisplayName())
                .Put("prf-alg", suite.Prf.DisplayName())
                .Put("dh-group", suite.KeyExchange.DisplayName());
        }

        if (ikeSa.EstablishedAt is { } established) writer.Put("established", SecondsSince(established));
        if (ikeSa.RekeyAt is { } rekey) writer.Put("rekey-time", SecondsUntil(rekey));
    }

    private void WriteChild(ViciWriter writer, ChildSaSnapshot child, IReadOnlyDictionary<uint, ChildTraffic>? traffic)
    {
        writer.Put("name", child.Name).Put("uniqueid", child.Number).Put("state", child.State.DisplayName());
        if (child.Details is not { } details) return;
        writer.Put("reqid", details.ReqId)
            .Put("mode", details.IsTransport ? "TRANSPORT" : "TUNNEL")
            .Put("protocol", "ESP")
            .PutIf(details.IsEncapsulated, "encap", "yes")
            .Put("spi-in", child.InboundSpi.ToString("x8", CultureInfo.InvariantCulture))
            .Put("spi-out", child.OutboundSpi.ToString("x8", CultureInfo.InvariantCulture))
            .Put("encr-alg", details.Suite.Encryption.DisplayName())
            .PutIf(details.Suite.KeyLength > 0, "encr-keysize", details.Suite.KeyLength.ToString(CultureInfo.InvariantCulture))
            .PutIf(details.Suite.Integrity != IntegrityId.None, "integ-alg", details.Suite.Integrity.DisplayName())
            .PutIf(details.Suite.KeyExchange != KeyExchangeMethod.None, "dh-group", details.Suite.KeyExchange.DisplayName())
            .PutIf(details.Suite.ExtendedSequenceNumbers, "esn", "1");
        if (traffic is not null)
        {
            ChildTraffic? counted = traffic.GetValueOrDefault(child.ChildId);
            WriteCounters(writer, "in", counted?.Inbound);
            WriteCounters(writer, "out", counted?.Outbound);
        }

        if (child is { State: ChildSaState.Installed, RekeyAt: { } rekey }) writer.Put("rekey-time", SecondsUntil(rekey));
        if (details.ExpiresAt is { } expires) writer.Put("life-time", SecondsUntil(expires));
        writer.Put("install-time", SecondsSince(details.InstalledAt))
            .List("local-ts", details.Local.Select(selector => selector.ToString()))
            .List("remote-ts", details.Remote.Select(selector => selector.ToString()));
    }

    private void WriteCounters(ViciWriter writer, string direction, SaInfo? sa)
    {
        writer.Put($"bytes-{direction}", (long)(sa?.Bytes ?? 0)).Put($"packets-{direction}", (long)(sa?.Packets ?? 0));
        if (sa?.LastUsed is { } used) writer.Put($"use-{direction}", SecondsSince(used));
    }

    private long SecondsSince(DateTimeOffset past) => Math.Max(0, (long)(time.GetUtcNow() - past).TotalSeconds);

    private long SecondsUntil(DateTimeOffset future) => (long)(future - time.GetUtcNow()).TotalSeconds;
}
