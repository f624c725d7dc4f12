namespace Concentrator.Ike.Configuration;

/// <summary>How well a pattern fits an identity; more is better.</summary>
public enum IdentityMatch
{
    None,
    Any,
    Wildcard,
    Exact,
}
