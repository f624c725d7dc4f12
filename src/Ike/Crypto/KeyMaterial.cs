namespace Concentrator.Ike.Crypto;

/// <summary>Cuts secrets off the front of keying material. Copies: the buffer stays its owner's to wipe.</summary>
internal ref struct KeyMaterial(ReadOnlySpan<byte> material)
{
    private ReadOnlySpan<byte> _rest = material;

    public Secret Take(int length)
    {
        Secret secret = new(_rest[..length]);
        _rest = _rest[length..];
        return secret;
    }
}
