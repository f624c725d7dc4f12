using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// A cipher with its key and one direction (EVP_CIPHER_CTX), to be used again and again with new IVs. Takes no memory after it was made. Not
/// thread-safe; libcrypto zeroes the key when it is disposed.
/// </summary>
internal sealed unsafe class CipherContext : SafeHandle
{
    private CipherContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>Null when libcrypto does not take the key.</summary>
    public static CipherContext? Create(nint cipher, ReadOnlySpan<byte> key, bool encrypt)
    {
        var context = new CipherContext(LibCrypto.EVP_CIPHER_CTX_new());
        fixed (byte* start = key)
        {
            if (!context.IsInvalid
                && LibCrypto.EVP_CipherInit_ex(context.handle, cipher, 0, start, null, encrypt ? 1 : 0) == 1
                && LibCrypto.EVP_CIPHER_CTX_set_padding(context.handle, 0) == 1)
                return context;
        }

        context.Dispose();
        return null;
    }

    /// <summary>Encrypts in place; <paramref name="tag"/> is filled.</summary>
    public bool EncryptAead(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> text, Span<byte> tag)
    {
        fixed (byte* out16 = tag)
            return Start(nonce) && Associate(associated) && Update(text) && Finish() && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_GET_TAG, tag.Length, out16) == 1;
    }

    /// <summary>Decrypts in place; false when the tag is wrong, and then <paramref name="text"/> is rubbish.</summary>
    public bool DecryptAead(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> text, ReadOnlySpan<byte> tag)
    {
        fixed (byte* in16 = tag)
            return Start(nonce) && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_SET_TAG, tag.Length, in16) == 1 && Associate(associated) && Update(text) && Finish();
    }

    /// <summary>Whole blocks of CBC in place, in the direction of this context.</summary>
    public bool TransformCbc(ReadOnlySpan<byte> iv, Span<byte> text) => Start(iv) && Update(text);

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }

    private bool Start(ReadOnlySpan<byte> iv)
    {
        // enc = -1: the direction stays.
        fixed (byte* start = iv) return LibCrypto.EVP_CipherInit_ex(handle, 0, 0, null, start, -1) == 1;
    }

    private bool Associate(ReadOnlySpan<byte> associated)
    {
        int length;
        fixed (byte* start = associated) return LibCrypto.EVP_CipherUpdate(handle, null, &length, start, associated.Length) == 1;
    }

    private bool Update(Span<byte> text)
    {
        int length;
        fixed (byte* start = text) return LibCrypto.EVP_CipherUpdate(handle, start, &length, start, text.Length) == 1 && length == text.Length;
    }

    private bool Finish()
    {
        int length;
        byte* nothing = stackalloc byte[16];
        return LibCrypto.EVP_CipherFinal_ex(handle, nothing, &length) == 1;
    }
}
