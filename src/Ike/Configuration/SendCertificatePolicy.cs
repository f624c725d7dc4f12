namespace Concentrator.Ike.Configuration;

/// <summary>When our certificates are sent (swanctl.conf <c>send_cert</c>).</summary>
public enum SendCertificatePolicy
{
    /// <summary>When the peer asked with a CERTREQ.</summary>
    IfAsked,

    Always,

    Never,
}
