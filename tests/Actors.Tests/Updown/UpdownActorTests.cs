using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Updown;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;

namespace Concentrator.Actors.Tests.Updown;

/// <summary>Scripts of people's, truly run: in order, some at a time, none for ever, and deaf to what a peer says.</summary>
public sealed class UpdownActorTests : ActorFixture, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-updown-").FullName;
    private readonly IActorRef _updown;

    public UpdownActorTests()
        : base(new NodeOptions { UpdownTimeout = TimeSpan.FromSeconds(1.5) }) => _updown = Sys.ActorOf(UpdownActor.Props(Node));

    private string[] Told => File.Exists(Path.Combine(_folder, "told")) ? File.ReadAllLines(Path.Combine(_folder, "told")) : [];

    [Fact]
    public async Task Up_comes_before_down_however_fast_they_follow_each_other()
    {
        UpdownSubject subject = Subject(Script("sleep 0.2; echo $PLUTO_VERB >> told"));
        _updown.Tell(new ChildCameUp(subject));
        _updown.Tell(new ChildWentDown(subject));
        _updown.Tell(new ChildCameUp(subject));
        await IdleAsync();
        Assert.Equal(["up-client", "down-client", "up-client"], Told);
    }

    [Fact]
    public async Task A_child_that_takes_the_place_of_another_runs_nothing()
    {
        UpdownSubject subject = Subject(Script("echo $PLUTO_VERB >> told"));
        _updown.Tell(new ChildCameUp(subject));
        _updown.Tell(new ChildCameUp(subject with { }));
        _updown.Tell(new ChildWentDown(subject));
        await IdleAsync();
        Assert.Equal(["up-client"], Told);
        _updown.Tell(new ChildWentDown(subject with { }));
        _updown.Tell(new ChildWentDown(subject));
        await IdleAsync();
        Assert.Equal(["up-client", "down-client"], Told);
    }

    [Fact]
    public async Task At_the_most_eight_run_at_once()
    {
        string script = Script("mkdir running.$$; ls -d running.* | wc -l >> told; sleep 0.1; rmdir running.$$");
        for (int peer = 0; peer < 24; peer++) _updown.Tell(new ChildCameUp(Subject(script, $"peer{peer}")));
        await IdleAsync();
        Assert.Equal(24, Told.Length);
        Assert.InRange(Told.Max(int.Parse), 2, 8);
    }

    [Fact]
    public async Task One_that_hangs_is_killed_and_the_next_runs()
    {
        UpdownSubject subject = Subject(Script("echo $PLUTO_VERB >> told; [ $PLUTO_VERB = down-client ] || sleep 60"));
        _updown.Tell(new ChildCameUp(subject));
        _updown.Tell(new ChildWentDown(subject));
        await IdleAsync();
        Assert.Equal(["up-client", "down-client"], Told);
    }

    [Fact]
    public async Task What_cannot_be_run_stops_nobody()
    {
        _updown.Tell(new ChildCameUp(Subject("/nonexistent/script")));
        _updown.Tell(new ChildCameUp(Subject(Script("exit 3"), "other")));
        await IdleAsync();
        Assert.Empty(Told);
    }

    [Fact]
    public async Task What_a_peer_calls_itself_is_data()
    {
        _updown.Tell(new ChildCameUp(Subject(Script("printf '%s' \"$PLUTO_PEER_ID\" >> told; echo \" $#\" >> told"), "$(touch pwned);`touch pwned`\n\"'\e[2J", "a b")));
        await IdleAsync();
        Assert.Equal([@"$(touch pwned);`touch pwned`\u000a""'\u001b[2J 2"], Told);
        Assert.False(File.Exists(Path.Combine(_folder, "pwned")));
    }

    [Theory]
    [InlineData("10.1.0.0/24", "up-client", "10.1.0.0/24", "0", "0")]
    [InlineData("192.0.2.1/32", "up-host", "192.0.2.1/32", "0", "0")]
    [InlineData("192.0.2.1/32[tcp/443]", "up-host", "192.0.2.1/32", "443", "6")]
    [InlineData("10.1.0.5-10.1.0.9", "up-client", "10.1.0.0/28", "0", "0")]
    [InlineData("fd01::/64", "up-client-v6", "fd01::/64", "0", "0")]
    public void Selectors_are_told_in_their_words(string local, string verb, string network, string port, string protocol)
    {
        bool isIPv6 = local.Contains(':');
        UpdownSubject subject = Subject("/x") with { Local = [TrafficSelector.Parse(local)], Remote = [TrafficSelector.Parse(isIPv6 ? "fd02::/64" : "10.2.0.0/24")], IsEncapsulated = true };
        IReadOnlyDictionary<string, string> told = Assert.Single(UpdownEnvironment.Of(subject, isUp: true));
        Assert.Equal((verb, network, port, protocol, "4500"), (told["PLUTO_VERB"], told["PLUTO_MY_CLIENT"], told["PLUTO_MY_PORT"], told["PLUTO_MY_PROTOCOL"], told["PLUTO_UDP_ENC"]));
    }

    public new void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }

    private Task<Akka.Done> IdleAsync() => _updown.Ask<Akka.Done>(new AwaitScripts(), TimeSpan.FromSeconds(20), Cancel);

    private string Script(string body)
    {
        string path = Path.Combine(_folder, "script.sh");
        File.WriteAllText(path, $"#!/bin/sh\ncd {_folder}\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static UpdownSubject Subject(string command, string peer = "peer.example.org", string arguments = "") => new(
        new IkeSaName(new SessionId(1), "sun", 1),
        new ChildConfig { Name = "net", Proposals = [], Updown = $"{command} {arguments}" },
        (uint)peer.GetHashCode(StringComparison.Ordinal), new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4500), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 4500), "ours.example.org", peer, IsEncapsulated: false,
        [TrafficSelector.Parse("10.1.0.0/24")], [TrafficSelector.Parse("10.2.0.0/24")]);
}
