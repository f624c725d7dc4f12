using System.Globalization;

namespace Concentrator.Kernel;

/// <summary>
/// A request to XFRM and what was said to it, without keys and short enough for a ladder: what it was about, no more. <see cref="Spi"/> is zero, and
/// <see cref="Policy"/> null, where it was about none. Fit to be kept; the text is made when it is asked for.
/// </summary>
public readonly record struct KernelCall(string Message, XfrmDirection? Direction, uint Spi, PolicyKey? Policy, int Error, string ExtAck)
{
    public bool Succeeded => Error == Errno.Ok;

    public static KernelCall Of(XfrmRequest request, in XfrmReply reply) => request switch
    {
        AllocateSpi => new KernelCall("XFRM_MSG_ALLOCSPI", null, reply.Spi, null, reply.Error, reply.ExtAck),
        AddSa add => new KernelCall("XFRM_MSG_NEWSA", add.Sa.Direction, add.Sa.Spi, null, reply.Error, reply.ExtAck),
        UpdateSa update => new KernelCall("XFRM_MSG_UPDSA", update.Sa.Direction, update.Sa.Spi, null, reply.Error, reply.ExtAck),
        DeleteSa delete => new KernelCall("XFRM_MSG_DELSA", null, delete.Id.Spi, null, reply.Error, reply.ExtAck),
        GetSa get => new KernelCall("XFRM_MSG_GETSA", null, get.Id.Spi, null, reply.Error, reply.ExtAck),
        ReadSa read => new KernelCall("XFRM_MSG_GETSA", read.Direction, read.Id.Spi, null, reply.Error, reply.ExtAck),
        AddPolicy add => new KernelCall("XFRM_MSG_NEWPOLICY", null, 0, add.Policy.Key, reply.Error, reply.ExtAck),
        UpdatePolicy update => new KernelCall("XFRM_MSG_UPDPOLICY", null, 0, update.Policy.Key, reply.Error, reply.ExtAck),
        DeletePolicy delete => new KernelCall("XFRM_MSG_DELPOLICY", null, 0, delete.Key, reply.Error, reply.ExtAck),
        GetPolicy get => new KernelCall("XFRM_MSG_GETPOLICY", null, 0, get.Key, reply.Error, reply.ExtAck),
        _ => new KernelCall(request.GetType().Name, null, 0, null, reply.Error, reply.ExtAck),
    };

    /// <summary><c>XFRM_MSG_NEWSA in c0000001 → EPROTONOSUPPORT "Requested type not found"</c>.</summary>
    public override string ToString()
    {
        string about = Policy is { } policy ? $"{Word(policy.Direction)} {policy.Selector}"
            : Spi == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{(Direction is { } direction ? Word(direction) + " " : "")}{Spi:x8}");
        return $"{Message}{(about.Length == 0 ? "" : " ")}{about} → {new XfrmReply(Error, ExtAck)}";
    }

    private static string Word(XfrmDirection direction) => direction switch { XfrmDirection.In => "in", XfrmDirection.Out => "out", _ => "forward" };
}
