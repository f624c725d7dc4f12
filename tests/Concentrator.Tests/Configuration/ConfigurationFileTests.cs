using System.Runtime.CompilerServices;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;
using CsCheck;

namespace Concentrator.Tests.Configuration;

/// <summary>swanctl.conf files as people write them, with their mistakes.</summary>
public sealed class ConfigurationFileTests
{
    [Fact]
    public void A_whole_file_is_understood()
    {
        using ConfigFolder folder = new ConfigFolder().Write("""
            # two sites
            connections {
              office {
                local_addrs  = 192.0.2.1, 2001:db8::1
                remote_addrs = 198.51.100.0/24, 203.0.113.1-203.0.113.9
                proposals    = aes128gcm16-prfsha256-x25519, aes256-sha256-modp2048
                dpd_delay    = 30s     # half a minute
                keyingtries  = 0
                encap        = yes
                unique       = replace
                mobike       = no
                rekey_time   = 0s
                local {
                  auth = psk
                  id   = @moon.example.org
                }
                remote {
                  auth = psk
                  id   = *.example.org
                }
                children {
                  lan {
                    local_ts      = 10.1.0.0/16, 10.9.0.0-10.9.0.99[tcp/80]
                    remote_ts     = dynamic[udp/1000-2000]
                    esp_proposals = aes128gcm16, aes256-sha256-esn
                    mode          = transport
                    start_action  = start
                    reqid         = 12
                    replay_window = 64
                  }
                }
              }
            }
            secrets {
              ike-office {
                id-1   = moon.example.org
                id-2   = *.example.org
                secret = 0sc2VjcmV0
              }
            }
            """);
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        ConnectionConfig office = Assert.Single(result.Config!.Connections);
        Assert.Equal(("office", 2, 2, 0, true), (office.Name, office.LocalAddresses.Count, office.Proposals.Count, office.KeyingTries, office.ForceEncapsulation));
        Assert.Equal(TimeSpan.FromSeconds(30), office.DpdDelay);
        Assert.Equal(UniquePolicy.Replace, office.Unique);
        Assert.True(office.AllowsRemote(System.Net.IPAddress.Parse("203.0.113.5")));
        Assert.False(office.AllowsRemote(System.Net.IPAddress.Parse("203.0.113.10")));
        ChildConfig lan = Assert.Single(office.Children);
        Assert.Equal((ChildMode.Transport, ChildAction.Start, 12u, 64), (lan.Mode, lan.StartAction, lan.ReqId, lan.ReplayWindow));
        Assert.Equal((6, 80, 80), (lan.LocalSelectors[1].Protocol, lan.LocalSelectors[1].StartPort, lan.LocalSelectors[1].EndPort));
        Assert.Null(lan.RemoteSelectors[0].Range);
        Assert.Equal(6, result.Config.SharedKeys[0].Key.Length);

        StringWriter summary = new();
        ConfigurationSummary.Write(summary, result.Config);
        Assert.Contains("child lan (transport mode, started with the daemon)", summary.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret\n", summary.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_those_of_swanctl()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(child: ""));
        ConnectionConfig connection = folder.Load().Config!.Connections[0];
        Assert.Empty(connection.RemoteAddresses);
        Assert.Equal((500, 500, 1, false), (connection.LocalPort, connection.RemotePort, connection.KeyingTries, connection.ForceEncapsulation));
        Assert.Null(connection.Children[0].LocalSelectors[0].Range);
        Assert.Equal(2, connection.Children[0].Proposals.Count);
    }

    [Theory]
    [InlineData("remote_adrs = 192.0.2.1", "swanctl.conf:3: connections.c.remote_adrs: unknown key, did you mean 'remote_addrs'?")]
    [InlineData("fragmentation = some", "swanctl.conf:3: connections.c.fragmentation: 'some' is not one of yes, accept, force, no")]
    [InlineData("ppk_id = carol", "swanctl.conf:3: connections.c.ppk_id: known in swanctl.conf, but not supported yet")]
    [InlineData("vips = 10.3.0.0/24", "swanctl.conf:3: connections.c.vips: '10.3.0.0/24' is no address; 0.0.0.0 and :: ask for any")]
    [InlineData("pools = rw", "swanctl.conf:3: connections.c.pools: there is no pool 'rw'")]
    [InlineData("reauth_time = 4h", "swanctl.conf:3: connections.c.reauth_time: '4h' is not supported yet, only 0 or 0s")]
    [InlineData("rekey_time = 4y", "swanctl.conf:3: connections.c.rekey_time: '4y' is not a time such as 30s, 5m, 4h or 1d")]
    [InlineData("version = 1", "swanctl.conf:3: connections.c.version: '1' is not supported yet, only 2 or 0")]
    [InlineData("proposals = aes256-sha257-modp2048", "swanctl.conf:3: connections.c.proposals: 'aes256-sha257-modp2048': unknown algorithm 'sha257', did you mean 'sha256'?")]
    [InlineData("dpd_delay = soon", "swanctl.conf:3: connections.c.dpd_delay: 'soon' is not a time such as 30s, 5m, 4h or 1d")]
    [InlineData("encap = maybe", "swanctl.conf:3: connections.c.encap: 'maybe' is not yes or no")]
    [InlineData("unique = sometimes", "swanctl.conf:3: connections.c.unique: 'sometimes' is not one of no, never, replace, keep")]
    [InlineData("local_port = 70000", "swanctl.conf:3: connections.c.local_port: '70000' is not a number from 0 to 65535")]
    [InlineData("local_addrs = 10.1.0.0/33", "swanctl.conf:3: connections.c.local_addrs: '10.1.0.0/33' is no network, such as 10.1.0.0/16")]
    [InlineData("local_addrs = 10.1", "swanctl.conf:3: connections.c.local_addrs: '10.1' is no address, network (10.1.0.0/16) or range (10.1.0.1-10.1.0.9)")]
    [InlineData("remote_addrs = 192.0.2.9-192.0.2.1", "swanctl.conf:3: connections.c.remote_addrs: '192.0.2.9-192.0.2.1' is no address, network (10.1.0.0/16) or range (10.1.0.1-10.1.0.9)")]
    [InlineData("remote_addrs = no-such-host.invalid", "swanctl.conf:3: connections.c.remote_addrs: the host name 'no-such-host.invalid' cannot be resolved")]
    public void Mistakes_in_a_connection_are_named_with_their_place(string line, string expected) =>
        Assert.Equal([expected], ConfigFolder.Errors(ConfigFolder.Connection(line)));

    [Theory]
    [InlineData("local_ts = 10.1.0.0/24[tcp/99999]", "connections.c.children.n.local_ts: '99999' is no port, range of ports, any or opaque")]
    [InlineData("local_ts = 10.1.0.0/24[tpc]", "connections.c.children.n.local_ts: 'tpc' is no protocol's name or number, did you mean 'tcp'?")]
    [InlineData("mode = beet", "connections.c.children.n.mode: 'beet' is not one of tunnel, transport")]
    [InlineData("start_action = route", "connections.c.children.n.start_action: 'route' is not one of none, clear, trap, start, restart, trap|start")]
    [InlineData("life_time = 59m", "connections.c.children.n.life_time: is shorter than rekey_time: the child would end before it is rekeyed")]
    [InlineData("rekey_bytes = 1t", "connections.c.children.n.rekey_bytes: '1t' is not an amount such as 500000, 512m or 4g")]
    [InlineData("life_packets = -1", "connections.c.children.n.life_packets: '-1' is not a number")]
    [InlineData("local_ts = 10.1/16", "connections.c.children.n.local_ts: '10.1/16' is no network, such as 10.1.0.0/16")]
    [InlineData("esp_proposals = aes128gcm16-prfsha256", "connections.c.children.n.esp_proposals: 'aes128gcm16-prfsha256': an ESP proposal has no PRF.")]
    [InlineData("esp_proposals = 3des-sha256", "connections.c.children.n.esp_proposals: '3des-sha256': algorithm '3des' is not supported.")]
    [InlineData("colour = blue", "connections.c.children.n.colour: unknown key")]
    [InlineData("ah_proposals = sha256", "connections.c.children.n.ah_proposals: known in swanctl.conf, but not supported yet")]
    [InlineData("lokal_ts = 10.1.0.0/24", "connections.c.children.n.lokal_ts: unknown key, did you mean 'local_ts'?")]
    public void Mistakes_in_a_child_are_named_with_their_place(string line, string expected)
    {
        string error = Assert.Single(ConfigFolder.Errors(ConfigFolder.Connection(child: line)));
        Assert.EndsWith(expected, error, StringComparison.Ordinal);
        Assert.StartsWith("swanctl.conf:10: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_strongswan_writes_is_read()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(
            "proposals = aes256gcm16-sha384-ecp384, default", "local_ts = 10.1.0.0/16[tcp/https], 10.1.0.1[icmp/8]\n remote_ts = dynamic[udp/l2tp]\n esp_proposals = aes256gcm16-sha384-ecp384"));
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        StringWriter summary = new();
        ConfigurationSummary.Write(summary, result.Config!);
        Assert.Contains("10.1.0.0/16[tcp/443], 10.1.0.1/32[icmp/8] === dynamic[udp/1701]", summary.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start_action = trap", "child n (tunnel mode, brought up by traffic)")]
    [InlineData("start_action = trap|start", "child n (tunnel mode, started with the daemon, brought up by traffic)")]
    [InlineData("dpd_action = restart", "child n (tunnel mode, when the peer is dead started anew)")]
    [InlineData("dpd_action = trap\n close_action = start", "child n (tunnel mode, when the peer is dead left to traffic, when the peer closes it started anew)")]
    [InlineData("dpd_action = clear\n close_action = none", "child n (tunnel mode)")]
    public void Actions_are_understood_and_shown(string lines, string expected)
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(child: lines));
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        StringWriter summary = new();
        ConfigurationSummary.Write(summary, result.Config!);
        Assert.Contains(expected, summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sides_must_be_there_and_say_how_they_prove_themselves()
    {
        Assert.Contains("needs a section 'remote'", Assert.Single(ConfigFolder.Errors("connections { c { local { auth = psk\n } } }")), StringComparison.Ordinal);
        Assert.Contains("'eap' is not", ConfigFolder.Errors(ConfigFolder.Connection(remote: "auth = eap"))[0], StringComparison.Ordinal);
        Assert.Contains("several rounds", Assert.Single(ConfigFolder.Errors("connections { c { local-1 { auth = psk\n }\n local-2 { auth = psk\n }\n remote { auth = psk\n } } }")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret =", "is empty")]
    [InlineData("secret = 0xzz", "not hex or Base64")]
    [InlineData("secrte = a", "did you mean 'secret'?")]
    public void Secrets_that_are_none(string line, string expected) =>
        Assert.Contains(ConfigFolder.Errors($"secrets {{ ike-a {{ {line}\n }} }}"), e => e.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("secret = plain text # comment", "706C61696E2074657874")]
    [InlineData("secret = \"a # b } \\\" c\"", "612023206220" + "7D20222063")]
    [InlineData("secret = 0x00ff10", "00FF10")]
    // RFC 7296 §2.15: at least 64 ASCII octets, without a terminator.
    [InlineData("secret = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "6161616161616161616161616161616161616161616161616161616161616161616161" + "6161616161616161616161616161616161616161616161616161616161616161616161")]
    [InlineData("secret = 0sAP8Q", "00FF10")]
    public void Secrets_in_all_their_forms(string line, string hex)
    {
        using ConfigFolder folder = new ConfigFolder().Write($"secrets {{ ike-a {{\n{line}\n }} }}");
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        Assert.Equal(hex, Convert.ToHexString(result.Config!.SharedKeys[0].Key.Span));
    }

    [Fact]
    public void Unsupported_sections_and_secrets_say_so()
    {
        Assert.Contains("not supported yet", Assert.Single(ConfigFolder.Errors("secrets { eap-carol { secret = x\n } }")), StringComparison.Ordinal);
        Assert.Contains("did you mean 'connections'?", Assert.Single(ConfigFolder.Errors("conections { }")), StringComparison.Ordinal);
        Assert.Empty(ConfigFolder.Errors("pools { }\nauthorities { }"));
    }

    [Fact]
    public void Includes_are_relative_may_be_patterns_and_name_their_own_lines()
    {
        using ConfigFolder folder = new ConfigFolder()
            .Write("include conf-*.inc\ninclude none-*.inc\nconnections { include inner.txt\n }")
            .Write(ConfigFolder.Secret, "conf-secrets.inc")
            .Write("\n\nc { bad_key = 1\n local { auth = psk\n }\n remote { auth = psk\n }\n }", "inner.txt");
        ConfigurationError error = Assert.Single(folder.Load().Errors);
        Assert.Equal((folder.PathOf("inner.txt"), 3, "connections.c.bad_key"), (error.File, error.Line, error.Key));
    }

    [Fact]
    public void Files_that_include_each_other_end()
    {
        using ConfigFolder folder = new ConfigFolder().Write("include swanctl.conf");
        Assert.Contains("without end", folder.Load().Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_takes_over_what_it_refers_to_and_overrides_it()
    {
        using ConfigFolder folder = new ConfigFolder().Write("""
            connections {
              base {
                proposals = aes256-sha256-modp2048
                dpd_delay = 10s
                local { auth = psk
                }
                remote { auth = psk
                }
                children { n { local_ts = 10.1.0.0/24
                } }
              }
              derived : connections.base {
                dpd_delay = 20s
                remote { id = sun
                }
              }
            }
            """);
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        ConnectionConfig derived = result.Config!.Connections[1];
        Assert.Equal((TimeSpan.FromSeconds(20), "sun", 1), (derived.DpdDelay, derived.Remote.Id!.ToString(), derived.Children.Count));
        Assert.Equal(result.Config.Connections[0].Proposals[0].Transforms, derived.Proposals[0].Transforms);
        Assert.Contains("which is not there", ConfigFolder.Errors("connections { c : nothing { } }")[0], StringComparison.Ordinal);
        Assert.Contains("within it or refers to it", ConfigFolder.Errors("a : b { }\nb : a { }")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connections {", "is not closed")]
    [InlineData("}", "without a section")]
    [InlineData("connections", "neither 'key = value' nor a section")]
    [InlineData("= 5", "out of place")]
    public void Broken_structure_is_named(string text, string expected) =>
        Assert.Contains(expected, ConfigFolder.Errors(text)[0], StringComparison.Ordinal);

    [Fact]
    public void A_file_that_cannot_be_read_is_one_clear_message()
    {
        using ConfigFolder folder = new();
        Assert.Equal($"{folder.Main}: cannot be read: no such file", Assert.Single(folder.Load().Errors).ToString());
        Assert.EndsWith("it is a directory", Assert.Single(ConfigurationFile.Load(Path.GetDirectoryName(folder.Main)!).Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    public void Secrets_that_others_can_read_are_warned_of_with_what_to_do(UnixFileMode mode, bool warns)
    {
        using ConfigFolder folder = new ConfigFolder().Write("include keys.conf").Write(ConfigFolder.Secret, "keys.conf");
        File.SetUnixFileMode(folder.Main, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        string keys = folder.PathOf("keys.conf");
        File.SetUnixFileMode(keys, mode);
        ConfigurationResult result = folder.Load();
        Assert.NotNull(result.Config);
        string expected = $"{keys}: holds secrets, and users other than its owner can read it: chmod go= {keys}";
        Assert.Equal(warns ? [expected] : [], result.Warnings.Select(w => w.ToString()));
    }

    [Fact]
    public void The_example_loads_once_a_secret_is_given()
    {
        string examples = Path.GetFullPath("../../../deploy/examples", Path.GetDirectoryName(ThisFile())!);
        using ConfigFolder folder = new ConfigFolder().Write(File.ReadAllText(Path.Combine(examples, "swanctl.conf")));
        string secrets = File.ReadAllText(Path.Combine(examples, "secrets.conf"));
        folder.Write(secrets, "secrets.conf");
        Assert.Equal($"{folder.PathOf("secrets.conf")}:6: secrets.ike-office.secret: is empty", Assert.Single(folder.Load().Errors).ToString());
        folder.Write(secrets.Replace("secret =", "secret = a-word", StringComparison.Ordinal), "secrets.conf");
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(("office", "a-word".Length), (result.Config!.Connections[0].Name, result.Config.SharedKeys[0].Key.Length));
    }

    [Fact]
    public void An_empty_value_is_the_default_and_commas_alone_are_none()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection("proposals =\nlocal_addrs =\nreauth_time =", "local_ts =\nesp_proposals ="));
        ConnectionConfig connection = folder.Load().Config!.Connections[0];
        Assert.Equal((2, 2, 1), (connection.Proposals.Count, connection.Children[0].Proposals.Count, connection.Children[0].LocalSelectors.Count));
        Assert.Equal(
            ["swanctl.conf:3: connections.c.remote_addrs: names nothing between its commas", "swanctl.conf:10: connections.c.children.n.remote_ts: names nothing between its commas"],
            ConfigFolder.Errors(ConfigFolder.Connection("remote_addrs = ,", "remote_ts = , ,")));
    }

    [Fact]
    public void Any_address_hides_no_mistake_beside_it() =>
        Assert.Contains("'10.1' is no address", Assert.Single(ConfigFolder.Errors(ConfigFolder.Connection("local_addrs = %any, 10.1"))), StringComparison.Ordinal);

    [Fact]
    public void Values_where_sections_belong_are_named_in_their_own_line()
    {
        Assert.Equal(["swanctl.conf:3: connections.stray: a connection is a section in braces"], ConfigFolder.Errors("connections {\n\nstray = 1\n}"));
        Assert.Equal(
            ["swanctl.conf:4: connections.c.children.stray: a child is a section in braces"],
            ConfigFolder.Errors("connections { c { local { auth = psk\n }\n remote { auth = psk\n } children { stray = 1\n } } }"));
    }

    [Theory]
    [InlineData("reqid = 0x10", 16)]
    [InlineData("reqid = 16", 16)]
    public void Numbers_may_be_hexadecimal(string line, uint expected)
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(child: line));
        Assert.Equal(expected, folder.Load().Config!.Connections[0].Children[0].ReqId);
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("4h", 14400)]
    [InlineData("1d", 86400)]
    public void Times(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Units.ParseTime(text));

    [Theory]
    [InlineData("100", 100)]
    [InlineData("2k", 2048)]
    [InlineData("3M", 3 << 20)]
    [InlineData("1G", 1 << 30)]
    public void Amounts(string text, ulong octets) => Assert.Equal(octets, Units.ParseBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5w")]
    [InlineData("99999999999999999999")]
    public void No_times(string text) => Assert.Throws<FormatException>(() => Units.ParseTime(text));

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        string alphabet = "{}=:,#\"\\\n \tinclude connections local psk 10.1.0.0/24 %any *@";
        using ConfigFolder folder = new();
        Gen.Char[alphabet].Array[0, 200].Sample(text =>
        {
            folder.Write(new string(text));
            Assert.NotNull(folder.Load());
        }, iter: 500, threads: 1);
        string golden = ConfigFolder.Connection("proposals = aes256-sha256-modp2048\nremote_addrs = 192.0.2.1");
        Gen.Select(Gen.Int[0, golden.Length - 1], Gen.Char[alphabet]).Array[1, 6].Sample(changes =>
        {
            char[] text = golden.ToCharArray();
            foreach ((int at, char c) in changes) text[at] = c;
            folder.Write(new string(text));
            ConfigurationResult result = folder.Load();
            Assert.True(result.Config is null != (result.Errors.Count == 0));
        }, iter: 500, threads: 1);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
