using Microsoft.Win32.SafeHandles;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>An <c>EVP_PKEY</c>; freeing it wipes the private value.</summary>
internal sealed class EvpKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_free(handle);
        return true;
    }
}

/// <summary>An <c>EVP_PKEY_CTX</c>.</summary>
internal sealed class EvpKeyContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_CTX_free(handle);
        return true;
    }
}

/// <summary>A <c>BIGNUM</c>, wiped when freed.</summary>
internal sealed class BigNumHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.BN_clear_free(handle);
        return true;
    }
}

/// <summary>A <c>BN_CTX</c>: scratch numbers of one computation, never shared between threads.</summary>
internal sealed class BigNumContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.BN_CTX_free(handle);
        return true;
    }
}

/// <summary>A <c>BN_MONT_CTX</c>: what is precomputed for a modulus; read-only once set.</summary>
internal sealed class MontgomeryHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.BN_MONT_CTX_free(handle);
        return true;
    }
}

/// <summary>An <c>EC_GROUP</c>; read-only, shared by all threads.</summary>
internal sealed class EcGroupHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EC_GROUP_free(handle);
        return true;
    }
}

/// <summary>An <c>EC_POINT</c>, wiped when freed.</summary>
internal sealed class EcPointHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EC_POINT_clear_free(handle);
        return true;
    }
}
