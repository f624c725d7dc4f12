using Concentrator.Ike.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>Sections that take over from others, as the manual of strongswan.conf shows it.</summary>
public sealed class SettingsReferencesTests
{
    private const string Sides = """
        psk-defaults {
          local { auth = psk
          }
          remote { auth = psk
          }
        }

        """;

    private const string Templates = Sides + """
        conn-defaults {
          dpd_delay = 10s
          keyingtries = 3
        }
        child-defaults { local_ts = 10.1.0.0/24
        }

        """;

    [Fact]
    public void Templates_stand_at_the_root_before_or_after()
    {
        const string Connections = """
            connections {
              a : conn-defaults, psk-defaults {
                children { n : child-defaults { mode = transport
                } }
              }
              b : connections.a { dpd_delay = 20s
              }
            }

            """;

        foreach (string text in new[] { Templates + Connections, Connections + Templates })
        {
            IReadOnlyList<ConnectionConfig> connections = Connect(text);

            Assert.Equal([10, 20], connections.Select(c => c.DpdDelay.TotalSeconds));
            Assert.All(connections, c => Assert.Equal((3, "10.1.0.0/24", ChildMode.Transport), (c.KeyingTries, c.Children[0].LocalSelectors[0].Range!.ToString(), c.Children[0].Mode)));
        }
    }

    [Fact]
    public void The_first_reference_wins_and_an_empty_value_is_the_default_again()
    {
        ConnectionConfig connection = Assert.Single(Connect(
            Sides + "first { dpd_delay = 10s\n }\nsecond { dpd_delay = 99s\n keyingtries = 9\n }\nconnections { a : first, second, psk-defaults { keyingtries =\n } }"));

        Assert.Equal((10, 1), (connection.DpdDelay.TotalSeconds, connection.KeyingTries));
    }

    [Fact]
    public void A_section_beside_the_one_that_refers_needs_no_path() =>
        Assert.Equal(["a", "b"], Connect(Sides + "connections { a : psk-defaults { }\n b : a { } }").Select(c => c.Name));

    [Fact]
    public void A_section_that_is_written_twice_is_one()
    {
        ConnectionConfig connection = Assert.Single(Connect(
            Sides + "connections { a : psk-defaults { dpd_delay = 1s\n keyingtries = 2\n } }\nconnections { a { dpd_delay = 5s\n } }"));

        Assert.Equal((5, 2), (connection.DpdDelay.TotalSeconds, connection.KeyingTries));
    }

    [Theory]
    [InlineData("typo { }", "swanctl.conf:1: typo: unknown section to which no other refers")]
    [InlineData("secret { }", "swanctl.conf:1: secret: unknown section to which no other refers, did you mean 'secrets'?")]
    [InlineData("connections { c : nothing { } }", "swanctl.conf:1: connections.c: refers to 'nothing', which is not there")]
    [InlineData("a : a { }", "swanctl.conf:1: a: refers to 'a', which contains it, is within it or refers to it")]
    [InlineData("a : a.b {\n b { b { c { } } } }", "swanctl.conf:1: a: refers to 'a.b', which contains it, is within it or refers to it")]
    [InlineData("a : x.y { }\nx {\n y : x { } }", "swanctl.conf:3: x.y: refers to 'x', which contains it, is within it or refers to it")]
    public void References_that_lead_nowhere_are_named(string text, string expected) => Assert.Contains(expected, ConfigFolder.Errors(text));

    private static IReadOnlyList<ConnectionConfig> Connect(string text)
    {
        using ConfigFolder folder = new ConfigFolder().Write(text);
        Concentrator.Configuration.ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        return result.Config!.Connections;
    }
}
