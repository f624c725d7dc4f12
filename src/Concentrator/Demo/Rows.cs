using Concentrator.Ike.Registries;
using Concentrator.Kernel;
using Concentrator.Ladders;

namespace Concentrator.Demo;

/// <summary>The rows S1 to S6: what an IKEv2 gateway must do when a kernel, a key or a forger spoils things.</summary>
internal static class Rows
{
    private const string NoEsp = "Requested type not found";

    public static IReadOnlyList<Row> All { get; } =
    [
        new("S1", "four messages, both kernels accept", "RFC 7296 §1.2", new StageSetup(), PlayS1Async, JudgeS1),
        new("S2", "the initiator's kernel refuses after message 4", "RFC 7296 §2.21: a Delete in an INFORMATIONAL of its own", new StageSetup(), PlayS2Async, JudgeS2),
        new("S2", "the same for want of memory: tried again after about a second", "back-off with jitter, one attempt at a time", new StageSetup(), PlayRetryAsync, JudgeRetry),
        new("S3", "the responder's kernel refuses while message 3 is processed", "RFC 7296 §2.21.2: a Notify beside IDr and AUTH", new StageSetup(), PlayS3Async, JudgeS3),
        new("S4", "wrong pre-shared key", "RFC 7296 §2.21.2: N(AUTHENTICATION_FAILED) alone", new StageSetup("aes256-sha256-modp2048", WrongKey: true), PlayS4Async, JudgeS4),
        new("S5", "forged errors before the peer is authenticated", "RFC 7296 §2.21.1: recorded, no reaction that a forger could provoke", new StageSetup(SunComesLate: true), PlayS5Async, JudgeS5),
        new("S6", "the responder's kernel refuses a further child", "RFC 7296 §2.21.3: a Notify in the protected response", new StageSetup(), PlayS6ResponderAsync, JudgeS6Responder),
        new("S6", "the initiator's kernel refuses a further child", "RFC 7296 §2.21: a Delete in an INFORMATIONAL; the first child goes on", new StageSetup(), PlayS6InitiatorAsync, JudgeS6Initiator),
    ];

    private static async Task PlayS1Async(Stage stage)
    {
        stage.Call();
        await InstalledAsync(stage, 1).ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS1(Stage stage, Ending ending) =>
    [
        new("IKE_SA_INIT, IKE_AUTH, and not a message more", ending.Wire.Count == 4),
        new("both IKE_SAs are ESTABLISHED, both CHILD_SAs INSTALLED", ending.BothEstablished && ending.BothHave(1)),
        new("two SAs and three policies in each kernel", ending.BothKernelsHold(1)),
    ];

    private static async Task PlayS2Async(Stage stage)
    {
        stage.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, NoEsp);
        stage.Call();
        await SentAsync(stage, Side.Right, "INFORMATIONAL response 2 [ D ]").ConfigureAwait(false);
        await GoneAsync(stage, Side.Right).ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS2(Stage stage, Ending ending) =>
    [
        new("the initiator sends a Delete in an exchange of its own", ending.Wire.Contains("INFORMATIONAL request 2 [ D ]")),
        new("the responder answers with its own", ending.Wire.Contains("INFORMATIONAL response 2 [ D ]")),
        .. ChildlessAndClean(ending),
    ];

    private static async Task PlayRetryAsync(Stage stage)
    {
        stage.MoonKernel.Refuse(XfrmStep.OutboundSa, Errno.ENOMEM, times: 1);
        stage.Call();
        await InstalledAsync(stage, 2).ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeRetry(Stage stage, Ending ending) =>
    [
        new("the refused child was deleted at the peer", ending.Wire.Contains("INFORMATIONAL request 2 [ D ]")),
        new("one more attempt, in CREATE_CHILD_SA", ending.Wire.Count(m => m.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal)) == 1),
        new("both CHILD_SAs are INSTALLED, with two SAs and three policies in each kernel", ending.BothHave(1) && ending.BothKernelsHold(1)),
    ];

    private static async Task PlayS3Async(Stage stage)
    {
        stage.SunKernel.Refuse(XfrmStep.OutboundSa, Errno.EPROTONOSUPPORT, NoEsp);
        stage.Call();
        await StateAsync(stage, Side.Left, "CHILD_SA net{1} CREATED => DESTROYING").ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS3(Stage stage, Ending ending) =>
    [
        new("message 4 carries IDr, AUTH and the Notify", ending.Wire.Contains("IKE_AUTH response 1 [ IDr AUTH N(MSG_ID_SYN_SUP) N(NO_PROP) ]")),
        .. ChildlessAndClean(ending),
    ];

    private static async Task PlayS4Async(Stage stage)
    {
        stage.Call();
        await StateAsync(stage, Side.Left, "IKE_SA CONNECTING => DESTROYING").ConfigureAwait(false);
        await StateAsync(stage, Side.Right, "IKE_SA CONNECTING => DESTROYING").ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS4(Stage stage, Ending ending)
    {
        MessageStep? refusal = stage.Transcript.Steps.OfType<MessageStep>().LastOrDefault(m => m.At == Side.Right);
        return
        [
            new("message 4 holds only N(AUTHENTICATION_FAILED)", refusal?.Summary == "IKE_AUTH response 1 [ N(AUTH_FAILED) ]"),
            new("in 80 octets, with AES-256-CBC and SHA-256", refusal?.Octets == 80),
            new("nothing is left in either kernel, the initiator's SPI is given back", ending.BothKernelsHold(0)),
        ];
    }

    private static async Task PlayS5Async(Stage stage)
    {
        stage.Call();
        await SentAsync(stage, Side.Left, "IKE_SA_INIT request 0").ConfigureAwait(false);
        foreach (NotifyType type in new[] { NotifyType.NoProposalChosen, NotifyType.AuthenticationFailed })
        {
            Forger.SendError(stage, type);
            await StateAsync(stage, Side.Left, $"received {type.RfcName()}").ConfigureAwait(false);
        }

        await stage.StartSunAsync().ConfigureAwait(false);
        await InstalledAsync(stage, 1).ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS5(Stage stage, Ending ending) =>
    [
        new("both forged errors were recorded, and neither acted upon", stage.Moon.Drops.Snapshot().TryGetValue(Ike.Session.DropReason.UnauthenticatedError, out long seen) && seen == 2),
        new("the exchange went on, and the true peer was authenticated", ending.BothEstablished),
        new("both CHILD_SAs are INSTALLED", ending.BothHave(1) && ending.BothKernelsHold(1)),
    ];

    private static async Task PlayS6ResponderAsync(Stage stage)
    {
        await PlayS1Async(stage).ConfigureAwait(false);
        stage.SunKernel.Refuse(XfrmStep.InboundPolicy, Errno.ENOMEM);
        stage.Moon.InitiateChild(stage.Moon.IkeSas[0].Session, "second");
        await StateAsync(stage, Side.Left, "CHILD_SA second{2} CREATED => DESTROYING").ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS6Responder(Stage stage, Ending ending) =>
    [
        new("the protected response carries the Notify", ending.Wire.Contains("CREATE_CHILD_SA response 2 [ N(TEMP_FAIL) ]")),
        .. FirstChildGoesOn(ending),
    ];

    private static async Task PlayS6InitiatorAsync(Stage stage)
    {
        await PlayS1Async(stage).ConfigureAwait(false);
        stage.MoonKernel.Refuse(XfrmStep.ForwardPolicy, Errno.EINVAL, "Invalid policy");
        stage.Moon.InitiateChild(stage.Moon.IkeSas[0].Session, "second");
        await SentAsync(stage, Side.Right, "INFORMATIONAL response 3 [ D ]").ConfigureAwait(false);
        await GoneAsync(stage, Side.Right).ConfigureAwait(false);
    }

    private static IEnumerable<Check> JudgeS6Initiator(Stage stage, Ending ending) =>
    [
        new("the initiator sends a Delete in an exchange of its own", ending.Wire.Contains("INFORMATIONAL request 3 [ D ]")),
        .. FirstChildGoesOn(ending),
    ];

    private static IEnumerable<Check> ChildlessAndClean(Ending ending) =>
    [
        new("both IKE_SAs stay ESTABLISHED, childless", ending.BothEstablished && ending.BothHave(0)),
        new("nothing is left in SAD, SPD or the SPI table of either kernel", ending.BothKernelsHold(0)),
    ];

    private static IEnumerable<Check> FirstChildGoesOn(Ending ending) =>
    [
        new("both IKE_SAs stay ESTABLISHED, the first child goes on", ending.BothEstablished && ending.BothHave(1)),
        new("of the second nothing is left in either kernel", ending.BothKernelsHold(1)),
    ];

    private static Task InstalledAsync(Stage stage, int perSide) => stage.Transcript.UntilAsync(
        t => Count(t, Side.Left) >= 1 && Count(t, Side.Right) >= perSide, "both CHILD_SAs to be installed");

    private static int Count(Transcript transcript, Side side) =>
        transcript.Steps.OfType<StateStep>().Count(s => s.At == side && s.Text.EndsWith("INSTALLING => INSTALLED", StringComparison.Ordinal));

    private static Task GoneAsync(Stage stage, Side side) => stage.Transcript.UntilAsync(
        t => t.Steps.OfType<StateStep>().Any(s => s.At == side && s.Text.EndsWith("DELETING => DESTROYING", StringComparison.Ordinal)), "the deleted CHILD_SA to be gone");

    private static Task SentAsync(Stage stage, Side from, string summary) => stage.Transcript.UntilAsync(
        t => t.Messages(from).Any(m => m.StartsWith(summary, StringComparison.Ordinal)), summary);

    private static Task StateAsync(Stage stage, Side at, string text) => stage.Transcript.UntilAsync(
        t => t.Steps.OfType<StateStep>().Any(s => s.At == at && s.Text.StartsWith(text, StringComparison.Ordinal)), text);
}
