using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>A node that crashed and came back tells its peers at once (RFC 6290), and the secret that lets it.</summary>
public sealed class CrashNodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qcd-").FullName;

    private string SecretFile => Path.Combine(_folder, "qcd.secret");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_crash_is_noticed_at_the_next_sign_of_life_and_the_tunnel_is_built_anew()
    {
        await using NodePair pair = new()
        {
            SunOptions = o => o with { QcdSecretFile = SecretFile },
            // Far longer than the test may last: it is not the retransmissions that find out.
            MoonOptions = o => o with { Retransmit = new RetransmitPolicy(TimeSpan.FromMinutes(1), 2, 5) },
            MoonConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(1), Children = [c.Children[0] with { DpdAction = ChildAction.Start }] },
        };
        await pair.EstablishAsync();
        byte[] secret = await File.ReadAllBytesAsync(SecretFile, TestContext.Current.CancellationToken);

        await pair.CrashSunAsync();
        IkeSaEnded ended = await pair.MoonEvents.NextAsync<IkeSaEnded>();
        Assert.Equal(EndReason.PeerCrashed, ended.Reason);
        await pair.InstalledAsync();

        Assert.Single(pair.Moon.IkeSas);
        Assert.Equal(secret, await File.ReadAllBytesAsync(SecretFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_secret_is_made_for_its_owner_alone()
    {
        await using NodePair pair = await new NodePair { SunOptions = o => o with { QcdSecretFile = SecretFile } }.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SecretFile));
        Assert.Equal(32, new FileInfo(SecretFile).Length);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, 32, "others may read")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, 32, "others may read")]
    [InlineData(UnixFileMode.UserRead, 31, "is no secret")]
    [InlineData(UnixFileMode.UserRead, 5000, "is no secret")]
    public void A_secret_that_is_none_keeps_the_node_from_starting(UnixFileMode mode, int length, string expected)
    {
        File.WriteAllBytes(SecretFile, new byte[length]);
        File.SetUnixFileMode(SecretFile, mode);
        Assert.Contains(expected, Assert.Throws<NodeStartException>(() => QcdSecret.Load(SecretFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() => Assert.Contains(
        "no-such", Assert.Throws<NodeStartException>(() => QcdSecret.Load(Path.Combine(_folder, "no-such", "secret"))).Message, StringComparison.Ordinal);

    // RFC 7296 §1.5
    [Fact]
    public async Task Stray_esp_is_told_inside_the_ike_sa_and_not_to_a_flood()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        for (uint i = 0; i < 1000; i++)
            pair.SunKernel.Raise(new UnknownSpi(0x1000 + i, new IPEndPoint(IPAddress.Loopback, 4500), new IPEndPoint(IPAddress.Loopback, 4500)));

        await pair.MoonEvents.NextAsync<IkeSaHappened>(e => e.Event is MessageReceived { Summary: var s } && s.Contains("N(INVAL_SPI)", StringComparison.Ordinal));
        await pair.Sun.GetSnapshotAsync(TestContext.Current.CancellationToken);
        Assert.InRange(NodePair.SentBy(pair.SunEvents).Count(s => s.Contains("INVAL_SPI", StringComparison.Ordinal)), 1, 21);
    }
}
