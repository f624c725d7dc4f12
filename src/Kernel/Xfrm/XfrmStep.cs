namespace Concentrator.Kernel;

/// <summary>Which step of a child's life in the kernel a request is: what refusals, faults and metrics name.</summary>
public enum XfrmStep
{
    Spi,
    InboundSa,
    OutboundSa,
    OutboundPolicy,
    InboundPolicy,
    ForwardPolicy,
    Removal,
    Query,
}

public static class XfrmStepExtensions
{
    public static XfrmStep Step(this XfrmRequest request) => request switch
    {
        AllocateSpi => XfrmStep.Spi,
        AddSa { Sa.Direction: XfrmDirection.In } or UpdateSa { Sa.Direction: XfrmDirection.In } => XfrmStep.InboundSa,
        AddSa or UpdateSa => XfrmStep.OutboundSa,
        AddPolicy add => StepOf(add.Policy.Direction),
        UpdatePolicy update => StepOf(update.Policy.Direction),
        DeleteSa or DeletePolicy => XfrmStep.Removal,
        _ => XfrmStep.Query,
    };

    private static XfrmStep StepOf(XfrmDirection direction) => direction switch
    {
        XfrmDirection.Out => XfrmStep.OutboundPolicy,
        XfrmDirection.In => XfrmStep.InboundPolicy,
        _ => XfrmStep.ForwardPolicy,
    };

    /// <summary>For people: <c>inbound SA</c>.</summary>
    public static string Text(this XfrmStep step) => step switch
    {
        XfrmStep.Spi => "SPI",
        XfrmStep.InboundSa => "inbound SA",
        XfrmStep.OutboundSa => "outbound SA",
        XfrmStep.OutboundPolicy => "outbound policy",
        XfrmStep.InboundPolicy => "inbound policy",
        XfrmStep.ForwardPolicy => "forward policy",
        XfrmStep.Removal => "removal",
        _ => "query",
    };
}
