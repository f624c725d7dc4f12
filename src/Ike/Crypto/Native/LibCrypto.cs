using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

// The system's own library, never a file that lies beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace Concentrator.Ike.Crypto.Native;

/// <summary>
/// libcrypto 3 (OpenSSL), the copy that .NET itself loads: the declarations of what .NET does not offer. Names are OpenSSL's, and
/// so are the results: 1 for success unless said otherwise. Only blittable arguments and handles, so no unsafe code is needed.
/// </summary>
internal static class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    // openssl/evp.h, openssl/bn.h
    internal const int EVP_PKEY_X25519 = 1034;
    internal const int BN_FLG_CONSTTIME = 4;

    internal static bool IsAvailable { get; } = Probe();

    [DllImport(Library)]
    internal static extern uint OPENSSL_version_major();

    [DllImport(Library)]
    internal static extern void ERR_clear_error();

    [DllImport(Library)]
    internal static extern EvpKeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, ref byte key, nuint keylen);

    [DllImport(Library)]
    internal static extern EvpKeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, ref byte key, nuint keylen);

    [DllImport(Library)]
    internal static extern int EVP_PKEY_get_raw_public_key(EvpKeyHandle pkey, ref byte pub, ref nuint len);

    [DllImport(Library)]
    internal static extern void EVP_PKEY_free(nint pkey);

    [DllImport(Library)]
    internal static extern EvpKeyContextHandle EVP_PKEY_CTX_new(EvpKeyHandle pkey, nint engine);

    [DllImport(Library)]
    internal static extern void EVP_PKEY_CTX_free(nint ctx);

    [DllImport(Library)]
    internal static extern int EVP_PKEY_derive_init(EvpKeyContextHandle ctx);

    [DllImport(Library)]
    internal static extern int EVP_PKEY_derive_set_peer(EvpKeyContextHandle ctx, EvpKeyHandle peer);

    [DllImport(Library)]
    internal static extern int EVP_PKEY_derive(EvpKeyContextHandle ctx, ref byte key, ref nuint keylen);

    [DllImport(Library)]
    internal static extern BigNumHandle BN_new();

    [DllImport(Library)]
    internal static extern BigNumHandle BN_bin2bn(ref byte s, int len, nint ret);

    /// <summary>The number of octets written, or -1.</summary>
    [DllImport(Library)]
    internal static extern int BN_bn2binpad(BigNumHandle a, ref byte to, int tolen);

    [DllImport(Library)]
    internal static extern void BN_set_flags(BigNumHandle b, int n);

    [DllImport(Library)]
    internal static extern void BN_clear_free(nint a);

    [DllImport(Library)]
    internal static extern BigNumContextHandle BN_CTX_secure_new();

    [DllImport(Library)]
    internal static extern void BN_CTX_free(nint c);

    [DllImport(Library)]
    internal static extern MontgomeryHandle BN_MONT_CTX_new();

    [DllImport(Library)]
    internal static extern int BN_MONT_CTX_set(MontgomeryHandle mont, BigNumHandle mod, BigNumContextHandle ctx);

    [DllImport(Library)]
    internal static extern void BN_MONT_CTX_free(nint mont);

    [DllImport(Library)]
    internal static extern int BN_mod_exp_mont_consttime(
        BigNumHandle rr, BigNumHandle a, BigNumHandle p, BigNumHandle m, BigNumContextHandle ctx, MontgomeryHandle in_mont);

    [DllImport(Library)]
    internal static extern EcGroupHandle EC_GROUP_new_by_curve_name(int nid);

    [DllImport(Library)]
    internal static extern void EC_GROUP_free(nint group);

    [DllImport(Library)]
    internal static extern EcPointHandle EC_POINT_new(EcGroupHandle group);

    [DllImport(Library)]
    internal static extern void EC_POINT_clear_free(nint point);

    /// <summary>r = generator * n; <paramref name="q"/> and <paramref name="m"/> are null.</summary>
    [DllImport(Library)]
    internal static extern int EC_POINT_mul(EcGroupHandle group, EcPointHandle r, BigNumHandle n, nint q, nint m, nint ctx);

    /// <summary>r = q * m; <paramref name="n"/> is null.</summary>
    [DllImport(Library)]
    internal static extern int EC_POINT_mul(EcGroupHandle group, EcPointHandle r, nint n, EcPointHandle q, BigNumHandle m, nint ctx);

    /// <summary>0 when (x, y) is not on the curve. Reduces coordinates that are too large instead of refusing them.</summary>
    [DllImport(Library)]
    internal static extern int EC_POINT_set_affine_coordinates(
        EcGroupHandle group, EcPointHandle p, BigNumHandle x, BigNumHandle y, nint ctx);

    /// <summary>0 for the point at infinity.</summary>
    [DllImport(Library)]
    internal static extern int EC_POINT_get_affine_coordinates(
        EcGroupHandle group, EcPointHandle p, BigNumHandle x, BigNumHandle y, nint ctx);

    /// <summary>Throws when a call failed that no input can make fail.</summary>
    /// <exception cref="CryptographicException">libcrypto is out of memory, or configured not to offer the algorithm.</exception>
    internal static void Check(bool succeeded, string function)
    {
        if (succeeded)
            return;

        ERR_clear_error();
        throw new CryptographicException($"libcrypto: {function} failed.");
    }

    /// <inheritdoc cref="Check(bool, string)"/>
    internal static T Check<T>(T handle, string function)
        where T : SafeHandle
    {
        Check(!handle.IsInvalid, function);
        return handle;
    }

    private static bool Probe() =>
        NativeLibrary.TryLoad(Library, Assembly.GetExecutingAssembly(), DllImportSearchPath.System32, out nint library)
        && NativeLibrary.TryGetExport(library, nameof(OPENSSL_version_major), out _)
        && OPENSSL_version_major() == 3;
}
