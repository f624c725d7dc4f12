using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Actors.ChildSa;
using Concentrator.Ike.Configuration;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>Connections and credentials that clients load, list and unload while the gateway runs.</summary>
public sealed class ViciConfigurationTests
{
    [Fact]
    public async Task A_connection_is_loaded_listed_used_and_unloaded_and_what_is_up_stays_up()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        Assert.Equal("yes", (await client.AskAsync("unload-conn", new Message().Put("name", "sun"))).Text("success"));
        Assert.Empty((await client.AskAsync("get-conns")).Lists["conns"]);
        ViciSection loaded = await client.AskAsync("load-conn", Sun(stage));
        Assert.Equal(("yes", null), (loaded.Text("success"), loaded.Text("errmsg")));

        await client.RegisterAsync("list-conn");
        client.Send(ViciPacket.CommandRequest, "list-conns");
        ViciSection sun = (await client.EventAsync("list-conn")).Sections["sun"];
        Assert.Equal(("moon.example.org", "pre-shared key"), (sun.Sections["local-1"].Text("id"), sun.Sections["local-1"].Text("class")));
        Assert.Equal("10.1.0.0/24", Text(sun.Sections["children"].Sections["net"].Lists["local-ts"][0]));
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);

        Assert.Equal("yes", (await client.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")))).Text("success"));
        Assert.Equal("yes", (await client.AskAsync("unload-conn", new Message().Put("name", "sun"))).Text("success"));
        Assert.Equal(ChildSaState.Installed, Assert.Single(Assert.Single(stage.Gateways.Moon.IkeSas).Children).State);
        Assert.Equal("CHILD_SA config 'net' not found", (await client.AskAsync("initiate", ViciStage.Message(("child", "net")))).Text("errmsg"));
    }

    [Fact]
    public async Task What_is_loaded_twice_is_the_same_and_a_mistake_changes_nothing()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.AskAsync("load-conn", Sun(stage));
        ConnectionConfig before = stage.Gateways.Moon.Connections[0];
        await client.AskAsync("load-conn", Sun(stage));
        Assert.Same(before, stage.Gateways.Moon.Connections[0]);

        ViciSection refused = await client.AskAsync("load-conn", new Message().Section("sun", new Message().Put("remote_adrs", "1.2.3.4").Section("local", new Message()).Section("remote", new Message())));
        Assert.Equal(("no", "connections.sun.remote_adrs: unknown key, did you mean 'remote_addrs'?"), (refused.Text("success"), refused.Text("errmsg")));
        refused = await client.AskAsync("load-conn", new Message().Section("sun", new Message().Put("ppk_id", "p").Section("local", new Message()).Section("remote", new Message())));
        Assert.Equal("no", refused.Text("success"));
        Assert.Same(before, stage.Gateways.Moon.Connections[0]);
        Assert.Equal("unload: connection 'nope' not found", (await client.AskAsync("unload-conn", new Message().Put("name", "nope"))).Text("errmsg"));
    }

    [Fact]
    public async Task Shared_keys_come_and_go_and_none_is_ever_shown()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        Message key = new Message().Put("id", "ike-x").Put("type", "IKE").Put("data", [1, 2, 3]).List("owners", "peer.example.org", "*.example.net");
        Assert.Equal("yes", (await client.AskAsync("load-shared", key)).Text("success"));
        SharedKeyConfig loaded = stage.Gateways.Moon.Configuration.SharedKeys[^1];
        Assert.Equal([1, 2, 3], loaded.Key.Span.ToArray());
        Assert.Equal(["peer.example.org", "*.example.net"], loaded.Identities.Select(i => i.ToString()));
        ViciSection names = await client.AskAsync("get-shared");
        Assert.Equal(["ike-demo", "ike-x"], names.Lists["keys"].Select(Text));
        Assert.Empty(names.Values);

        await client.AskAsync("load-shared", key);
        Assert.Same(loaded, stage.Gateways.Moon.Configuration.SharedKeys[^1]);
        Assert.Equal("yes", (await client.AskAsync("unload-shared", new Message().Put("id", "ike-x"))).Text("success"));
        Assert.Throws<ObjectDisposedException>(() => loaded.Key.Span.Length);
        Assert.Equal("yes", (await client.AskAsync("clear-creds")).Text("success"));
        Assert.Empty((await client.AskAsync("get-shared")).Lists["keys"]);
    }

    [Theory]
    [InlineData("load-shared", "type", "eap", "secrets of type eap are not supported yet")]
    [InlineData("load-shared", "type", "nope", "invalid shared key type: nope")]
    [InlineData("load-shared", "type", "ike", "shared key data missing")]
    [InlineData("load-shared", "data", "x", "shared key type missing")]
    [InlineData("unload-shared", "name", "x", "unique identifier missing")]
    [InlineData("load-key", "type", "nope", "invalid key type: nope")]
    [InlineData("load-key", "type", "any", "private key data missing")]
    [InlineData("unload-key", "id", "abcd", "key not found")]
    [InlineData("load-token", "handle", "01", "private keys on tokens are not supported: keys have to be in files")]
    [InlineData("load-cert", "type", "nope", "certificate data missing")]
    [InlineData("unload-authority", "name", "nope", "unload: authority 'nope' not found")]
    [InlineData("install", "child", "nope", "configuration name not found")]
    [InlineData("uninstall", "child", "net", "policy 'net' not found")]
    [InlineData("install", "ike", "sun", "missing configuration name")]
    [InlineData("unload-pool", "name", "nope", "nope not found")]
    [InlineData("redirect", "gateway", "192.0.2.9", "missing redirect selector")]
    [InlineData("redirect", "gateway", "no gateway", "unsupported gateway identity")]
    [InlineData("redirect", "ike", "sun", "missing target gateway")]
    [InlineData("drain", "node", "nobody", "there is no node 'nobody': concentrator cluster status names them")]
    [InlineData("drain", "force", "no", "it serves on: no other node is there")]
    [InlineData("get-counters", "name", "nope", "no counters found for this connection")]
    public async Task What_cannot_be_loaded_says_why(string command, string key, string value, string why)
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        GatewayConfig before = stage.Gateways.Moon.Configuration;
        ViciSection answer = await client.AskAsync(command, new Message().Put(key, value));
        Assert.Equal(("no", why), (answer.Text("success"), answer.Text("errmsg")));
        Assert.Same(before, stage.Gateways.Moon.Configuration);
    }

    [Fact]
    public async Task A_private_key_is_known_by_its_public_key()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string id = (await client.AskAsync("load-key", new Message().Put("type", "any").Put("data", key.ExportPkcs8PrivateKeyPem()))).Text("id")!;
        using X509Certificate2 own = new CertificateRequest("CN=moon", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(new X509SubjectKeyIdentifierExtension(own.PublicKey, X509SubjectKeyIdentifierHashAlgorithm.Sha1, false).SubjectKeyIdentifier, id, ignoreCase: true);
        // As swanctl sends one that it has decrypted: DER of RFC 5915.
        Assert.Equal(id, (await client.AskAsync("load-key", new Message().Put("type", "ECDSA").Put("data", key.ExportECPrivateKey()))).Text("id"));
        Assert.Equal([id], (await client.AskAsync("get-keys")).Lists["keys"].Select(Text));
        Assert.Equal("yes", (await client.AskAsync("unload-key", new Message().Put("id", id))).Text("success"));
        Assert.Empty((await client.AskAsync("get-keys")).Lists["keys"]);
        Assert.StartsWith("parsing ANY private key failed", (await client.AskAsync("load-key", new Message().Put("type", "any").Put("data", "xx"))).Text("errmsg"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_loaded_listed_each_once_and_cleared()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 own = Issue("CN=moon, C=CH", key, isAuthority: false), root = Issue("CN=root", key, isAuthority: true);
        byte[] pem = Encoding.ASCII.GetBytes(own.ExportCertificatePem());
        for (int i = 0; i < 2; i++) Assert.Equal("yes", (await client.AskAsync("load-cert", Certificate("X509", "NONE", pem))).Text("success"));
        Assert.Equal("yes", (await client.AskAsync("load-cert", Certificate("X509", "CA", root.RawData))).Text("success"));
        Assert.Equal("ca certificate lacks CA basic constraint, rejected", (await client.AskAsync("load-cert", Certificate("X509", "CA", pem))).Text("errmsg"));
        Assert.Equal("parsing X509 certificate failed: what was sent is no certificate", (await client.AskAsync("load-cert", Certificate("X509", "NONE", [1, 2]))).Text("errmsg"));
        await client.AskAsync("load-key", new Message().Put("type", "any").Put("data", key.ExportPkcs8PrivateKeyPem()));

        await client.RegisterAsync("list-cert");
        Assert.Equal(["NONE CN=moon, C=CH yes", "CA CN=root yes"], await ListAsync(client, new Message()));
        Assert.Equal(["CA CN=root yes"], await ListAsync(client, new Message().Put("type", "x509").Put("flag", "ca")));
        Assert.Equal(["NONE CN=moon, C=CH yes"], await ListAsync(client, new Message().Put("subject", "C=CH, CN=moon")));
        Assert.Empty(await ListAsync(client, new Message().Put("type", "X509_CRL")));
        Assert.Equal("yes", (await client.AskAsync("flush-certs", new Message().Put("type", "x509_crl"))).Text("success"));
        Assert.Equal("yes", (await client.AskAsync("clear-creds")).Text("success"));
        Assert.Empty(await ListAsync(client, new Message()));
    }

    [Fact]
    public async Task Authorities_in_sections_of_their_own_come_and_go()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 root = Issue("CN=root, C=CH", key, isAuthority: true);
        Assert.Equal("yes", (await client.AskAsync("load-authority", new Message().Section("lab", new Message().Put("cacert", root.RawData)))).Text("success"));
        Assert.Equal(["lab"], (await client.AskAsync("get-authorities")).Lists["authorities"].Select(Text));
        Assert.Single(stage.Gateways.Moon.Configuration.TrustedAuthorities);
        await client.RegisterAsync("list-authority");
        client.Send(ViciPacket.CommandRequest, "list-authorities");
        Assert.Equal("C=CH, CN=root", (await client.EventAsync("list-authority")).Sections["lab"].Text("cacert"));
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);
        Assert.Equal("authorities.lab: needs a cacert", (await client.AskAsync("load-authority", new Message().Section("lab", new Message()))).Text("errmsg"));
        Assert.Equal("yes", (await client.AskAsync("unload-authority", new Message().Put("name", "lab"))).Text("success"));
        Assert.Empty(stage.Gateways.Moon.Configuration.TrustedAuthorities);
    }

    [Fact]
    public async Task Pools_are_loaded_listed_and_unloaded()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        Message Pool(string name, string addrs) => new Message().Section(name, new Message().Put("addrs", addrs).List("dns", "10.3.0.1", "10.3.0.2"));
        Assert.Equal("yes", (await client.AskAsync("load-pool", Pool("p", "10.3.0.0/24"))).Text("success"));
        ViciSection pool = (await client.AskAsync("get-pools", new Message().Put("leases", "yes"))).Sections["p"];
        Assert.Equal(("10.3.0.1", "254", "0", "0"), (pool.Text("base"), pool.Text("size"), pool.Text("online"), pool.Text("offline")));
        Assert.Empty(pool.Sections["leases"].Sections);
        Assert.Equal(2, Assert.Single(stage.Gateways.Moon.Configuration.Pools).Attributes.Count);

        Assert.Equal("pools.q.addrs: overlaps with pool 'p': an address must be in one pool alone", (await client.AskAsync("load-pool", Pool("q", "10.3.0.128/25"))).Text("errmsg"));
        Assert.Equal("no", (await client.AskAsync("load-pool", Pool("q", "bogus"))).Text("success"));
        Assert.Equal("yes", (await client.AskAsync("unload-pool", new Message().Put("name", "p"))).Text("success"));
        Assert.Empty((await client.AskAsync("get-pools")).Sections);
        Assert.Empty(stage.Gateways.Moon.Configuration.Pools);
    }

    [Fact]
    public async Task Many_clients_that_load_at_once_lose_nothing_of_each_other()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using ViciClient client = new(stage.Path);
            Message key = new Message().Put("id", $"ike-{number}").Put("type", "ike").Put("data", $"key {number}");
            Assert.Equal("yes", (await client.AskAsync("load-shared", key)).Text("success"));
        }));
        Assert.Equal(21, stage.Gateways.Moon.Configuration.SharedKeys.Count);
    }

    private static async Task<List<string>> ListAsync(ViciClient client, Message arguments)
    {
        List<string> seen = [];
        client.Send(ViciPacket.CommandRequest, "list-certs", arguments);
        while (true)
        {
            (ViciPacket type, ViciSection message) = await client.ReadAsync();
            if (type == ViciPacket.CommandResponse) return seen;
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(message.Values["data"]);
            seen.Add($"{message.Text("flag")} {certificate.Subject} {message.Text("has_privkey")}");
        }
    }

    private static Message Certificate(string type, string flag, byte[] data) => new Message().Put("type", type).Put("flag", flag).Put("data", data);

    private static X509Certificate2 Issue(string subject, ECDsa key, bool isAuthority)
    {
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        if (isAuthority) request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static Message Sun(ViciStage stage)
    {
        Message Side(string id) => new Message().Put("auth", "psk").Put("id", id);
        Message net = new Message().List("local_ts", "10.1.0.0/24").List("remote_ts", "10.2.0.0/24").List("esp_proposals", "aes256-sha256");
        return new Message().Section("sun", new Message()
            .Put("version", "2").Put("mobike", "no").Put("remote_port", $"{stage.Gateways.SunAddress.Port}")
            .List("remote_addrs", "127.0.0.1").List("proposals", "aes128gcm16-prfsha256-x25519")
            .Section("local", Side("moon.example.org")).Section("remote", Side("sun.example.org")).Section("children", new Message().Section("net", net)));
    }

    private static string Text(byte[] value) => Encoding.UTF8.GetString(value);
}
