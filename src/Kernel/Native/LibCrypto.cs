using System.Runtime.InteropServices;

// The system's own library, never a file that lies beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace Concentrator.Kernel.Native;

/// <summary>
/// libcrypto 3 (OpenSSL), the copy that .NET itself loads: its ciphers under their own names, because .NET's throw for each forged packet and take
/// new memory for each packet of CBC. Results are OpenSSL's: 1 for success.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE1006", Justification = "C names")]
internal static unsafe class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    // openssl/evp.h
    public const int EVP_CTRL_AEAD_GET_TAG = 0x10;
    public const int EVP_CTRL_AEAD_SET_TAG = 0x11;

    /// <summary>False where the library is missing or of another version: then there is no ESP in user space.</summary>
    public static bool IsAvailable { get; } = Probe();

    [DllImport(Library)]
    public static extern nint EVP_CIPHER_CTX_new();

    [DllImport(Library)]
    public static extern void EVP_CIPHER_CTX_free(nint ctx);

    [DllImport(Library)]
    public static extern int EVP_CIPHER_CTX_ctrl(nint ctx, int type, int arg, void* ptr);

    [DllImport(Library)]
    public static extern int EVP_CIPHER_CTX_set_padding(nint ctx, int pad);

    [DllImport(Library)]
    public static extern int EVP_CipherInit_ex(nint ctx, nint cipher, nint engine, byte* key, byte* iv, int enc);

    [DllImport(Library)]
    public static extern int EVP_CipherUpdate(nint ctx, byte* output, int* outl, byte* input, int inl);

    [DllImport(Library)]
    public static extern int EVP_CipherFinal_ex(nint ctx, byte* output, int* outl);

    [DllImport(Library)]
    public static extern nint EVP_aes_128_gcm();

    [DllImport(Library)]
    public static extern nint EVP_aes_192_gcm();

    [DllImport(Library)]
    public static extern nint EVP_aes_256_gcm();

    [DllImport(Library)]
    public static extern nint EVP_aes_128_cbc();

    [DllImport(Library)]
    public static extern nint EVP_aes_192_cbc();

    [DllImport(Library)]
    public static extern nint EVP_aes_256_cbc();

    /// <summary>0 where OpenSSL was built without it.</summary>
    [DllImport(Library)]
    public static extern nint EVP_chacha20_poly1305();

    [DllImport(Library)]
    private static extern uint OPENSSL_version_major();

    private static bool Probe()
    {
        try
        {
            return OPENSSL_version_major() == 3;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }
}
