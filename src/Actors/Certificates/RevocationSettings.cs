namespace Concentrator.Actors.Certificates;

/// <summary>How long servers of CRLs and OCSP responders are waited for.</summary>
internal sealed record RevocationSettings
{
    /// <summary>For one peer, all its certificates together. Well below the life of a half-open IKE SA.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}
