namespace Concentrator.Actors.Certificates;

/// <summary>How long servers of CRLs and OCSP responders are waited for, and left alone when it was in vain.</summary>
internal sealed record RevocationSettings
{
    /// <summary>For one peer, all its certificates together. Well below the life of a half-open IKE SA.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A server that says nothing for this long is taken for dead.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a dead server is not asked.</summary>
    public TimeSpan DeadFor { get; init; } = TimeSpan.FromMinutes(1);
}
