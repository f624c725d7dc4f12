using System.Net;

namespace Concentrator.Kernel;

/// <summary>One request to XFRM. The text is for people: the message's name and what it is about, never a key.</summary>
public abstract record XfrmRequest
{
    public sealed override string ToString() => this switch
    {
        AllocateSpi allocate => $"XFRM_MSG_ALLOCSPI {allocate.Source} => {allocate.Destination}",
        AddSa add => $"XFRM_MSG_NEWSA {add.Sa}",
        UpdateSa update => $"XFRM_MSG_UPDSA {update.Sa}",
        DeleteSa delete => $"XFRM_MSG_DELSA {delete.Id}",
        GetSa get => $"XFRM_MSG_GETSA {get.Id}",
        ReadSa read => $"XFRM_MSG_GETSA {read.Id}, whole",
        AddPolicy add => $"XFRM_MSG_NEWPOLICY {add.Policy}",
        UpdatePolicy update => $"XFRM_MSG_UPDPOLICY {update.Policy}",
        DeletePolicy delete => $"XFRM_MSG_DELPOLICY {delete.Key}",
        GetPolicy get => $"XFRM_MSG_GETPOLICY {get.Key}",
        _ => GetType().Name,
    };
}

/// <summary>XFRM_MSG_ALLOCSPI: a larval SA with an SPI from the range. The reply carries the SPI.</summary>
public sealed record AllocateSpi(IPAddress Source, IPAddress Destination, XfrmMode Mode, uint ReqId, uint Lowest, uint Highest) : XfrmRequest;

public sealed record AddSa(SaSpec Sa) : XfrmRequest;

/// <summary>XFRM_MSG_UPDSA: fills a larval SA, or changes the lifetimes and the ports of the UDP encapsulation of a living one, and nothing else of it.</summary>
public sealed record UpdateSa(SaSpec Sa) : XfrmRequest;

public sealed record DeleteSa(SaId Id) : XfrmRequest;

public sealed record GetSa(SaId Id) : XfrmRequest;

/// <summary>
/// XFRM_MSG_GETSA, and all that it takes to add this very SA again: <see cref="XfrmReply.Spec"/> has its keys, and how far it has come. The keys are the
/// caller's to zero. EACCES where the kernel keeps keys to itself (lockdown).
/// </summary>
public sealed record ReadSa(SaId Id, XfrmDirection Direction) : XfrmRequest;

public sealed record AddPolicy(PolicySpec Policy) : XfrmRequest;

/// <summary>XFRM_MSG_UPDPOLICY: adds, or takes the place of the policy with the same selector and direction.</summary>
public sealed record UpdatePolicy(PolicySpec Policy) : XfrmRequest;

public sealed record DeletePolicy(PolicyKey Key) : XfrmRequest;

public sealed record GetPolicy(PolicyKey Key) : XfrmRequest;

/// <summary>
/// What the kernel said: 0 or an errno, its own words for it (ext-ack, empty without), and for ALLOCSPI the SPI, for GETSA the SA, for a whole one
/// its spec, for GETPOLICY the policy.
/// <see cref="Errno.ETIMEDOUT"/> is ours: no answer came, so what became of the request is not known.
/// </summary>
public readonly record struct XfrmReply(int Error, string ExtAck = "", uint Spi = 0, SaInfo? Sa = null, PolicyInfo? Policy = null, SaSpec? Spec = null)
{
    public bool Succeeded => Error == Errno.Ok;

    public override string ToString() => Succeeded ? "ok" : ExtAck.Length == 0 ? Errno.NameOf(Error) : $"{Errno.NameOf(Error)} \"{ExtAck}\"";
}
