using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>The three curves of RFC 4754, by the OID of their name.</summary>
internal static class EcdsaCurves
{
    /// <summary>Null: another curve, or one that is spelled out in parameters instead of named (RFC 5480 §2.1.1 wants the name).</summary>
    public static SignatureKeyKind? KindOf(ECCurve curve) => !curve.IsNamed ? null : curve.Oid.Value switch
    {
        "1.2.840.10045.3.1.7" => SignatureKeyKind.EcdsaP256,
        "1.3.132.0.34" => SignatureKeyKind.EcdsaP384,
        "1.3.132.0.35" => SignatureKeyKind.EcdsaP521,
        _ => null,
    };
}
