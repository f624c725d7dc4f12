using System.Collections.Concurrent;
using Concentrator.Actors.Node;
using Concentrator.Demo;
using Concentrator.Ike.Session;
using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Tests.Logs;

/// <summary>What the audit says of two true gateways.</summary>
public sealed class AuditTrailTests
{
    [Fact]
    public async Task Who_came_and_who_left_is_told()
    {
        Lines lines = new();
        await using Stage stage = await Stage.OpenAsync(new StageSetup());
        using ILoggerFactory logging = lines.Factory();
        AuditTrail audit = new(logging);
        audit.Attach(stage.Sun!);
        using IDisposable observing = stage.Sun!.Events.Subscribe(audit);
        stage.Call();
        Assert.Matches(@"^IKE_SA moon\[1\] up: 127\.0\.0\.1:\d+ \[sun\.example\.org\] === 127\.0\.0\.1:\d+ \[moon\.example\.org\], we are the responder$", await lines.NextAsync());
        Assert.Matches(@"^CHILD_SA net\{1\} up: IKE_SA moon\[1\], 127\.0\.0\.1:\d+ \[moon\.example\.org\], SPIs [0-9a-f]{8}_i [0-9a-f]{8}_o, 10\.2\.0\.0/24 === 10\.1\.0\.0/24$", await lines.NextAsync());
        stage.Sun.Close(stage.Sun.IkeSas[0].Session);
        List<string> last = [await lines.NextAsync(), await lines.NextAsync()];
        Assert.Contains(last, line => line.StartsWith("CHILD_SA net{1} down: IKE_SA moon[1], SPIs ", StringComparison.Ordinal));
        Assert.Contains(last, line => line.StartsWith("IKE_SA moon[1] down: ", StringComparison.Ordinal) && line.EndsWith("[moon.example.org], DeletedByUs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_was_turned_away_is_told_on_both_sides()
    {
        Lines lines = new();
        await using Stage stage = await Stage.OpenAsync(new StageSetup(WrongKey: true));
        using ILoggerFactory logging = lines.Factory();
        AuditTrail sun = new(logging), moon = new(logging);
        (_, _) = (stage.Sun!.Events.Subscribe(sun), stage.Moon.Events.Subscribe(moon));
        sun.Attach(stage.Sun!);
        moon.Attach(stage.Moon);
        stage.Call();
        Assert.Matches(@"^authentication failed: 127\.0\.0\.1:\d+ who says it is \[moon\.example\.org\], IKE_SA moon\[1\], PeerNotAuthenticated$", await lines.NextAsync());
        Assert.Matches(@"^authentication failed: 127\.0\.0\.1:\d+ who says it is \[%any\], IKE_SA sun\[1\], AuthenticationFailed$", await lines.NextAsync());
    }

    [Fact]
    public async Task An_end_of_nobody_known_is_told_all_the_same()
    {
        Lines lines = new();
        using ILoggerFactory logging = lines.Factory();
        AuditTrail audit = new(logging);
        audit.OnNext(new IkeSaEnded(DateTimeOffset.UtcNow, new IkeSaName(default, "sun", 1), EndReason.Failed, WasEstablished: true));
        Assert.Equal("IKE_SA sun[1] down: %any [%any], Failed", await lines.NextAsync());
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly BlockingCollection<string> _lines = [];

        public ILoggerFactory Factory() => LoggerFactory.Create(logging => logging.AddProvider(this));

        public Task<string> NextAsync() => Task.Run(() => _lines.TryTake(out string? line, TimeSpan.FromSeconds(10)) ? line : throw new TimeoutException("no further line of the audit"));

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
