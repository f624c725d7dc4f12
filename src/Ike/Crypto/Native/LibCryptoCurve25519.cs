using System.Runtime.InteropServices;
using Concentrator.Ike.Crypto.Groups;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>X25519 through EVP. Keeps the native key, because importing it again would compute its public value again.</summary>
internal sealed class LibCryptoCurve25519 : IPrivateValue
{
    private readonly EvpKeyHandle _key;

    internal LibCryptoCurve25519(ReadOnlySpan<byte> privateValue) =>
        _key = LibCrypto.Check(
            LibCrypto.EVP_PKEY_new_raw_private_key(
                LibCrypto.EVP_PKEY_X25519, 0, ref MemoryMarshal.GetReference(privateValue), (nuint)privateValue.Length),
            nameof(LibCrypto.EVP_PKEY_new_raw_private_key));

    public void WritePublicValue(Span<byte> destination)
    {
        nuint length = (nuint)destination.Length;
        int result = LibCrypto.EVP_PKEY_get_raw_public_key(_key, ref MemoryMarshal.GetReference(destination), ref length);
        LibCrypto.Check(result == 1, nameof(LibCrypto.EVP_PKEY_get_raw_public_key));
    }

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret)
    {
        using EvpKeyHandle peer = LibCrypto.Check(
            LibCrypto.EVP_PKEY_new_raw_public_key(
                LibCrypto.EVP_PKEY_X25519, 0, ref MemoryMarshal.GetReference(peerPublicValue), (nuint)peerPublicValue.Length),
            nameof(LibCrypto.EVP_PKEY_new_raw_public_key));
        using EvpKeyContextHandle context = LibCrypto.Check(LibCrypto.EVP_PKEY_CTX_new(_key, 0), nameof(LibCrypto.EVP_PKEY_CTX_new));
        LibCrypto.Check(LibCrypto.EVP_PKEY_derive_init(context) == 1, nameof(LibCrypto.EVP_PKEY_derive_init));
        LibCrypto.Check(LibCrypto.EVP_PKEY_derive_set_peer(context, peer) == 1, nameof(LibCrypto.EVP_PKEY_derive_set_peer));

        // Fails for a peer value of small order, whose result would be all zeros.
        nuint length = (nuint)sharedSecret.Length;
        if (LibCrypto.EVP_PKEY_derive(context, ref MemoryMarshal.GetReference(sharedSecret), ref length) == 1)
            return true;

        LibCrypto.ERR_clear_error();
        return false;
    }

    public void Dispose() => _key.Dispose();
}
