using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Concentrator.Actors.Node;
using Concentrator.Ike.Crypto;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>load-key</c>, <c>unload-key</c> and <c>get-keys</c>: private keys, named by the SHA-1 of their public key (RFC 5280 §4.2.1.2, method 1) as strongSwan does.
/// <c>load-token</c> is refused.
/// </summary>
internal sealed class PrivateKeyCommands(ConcentratorNode node)
{
    private static readonly string[] Types = ["any", "rsa", "ecdsa", "ed25519"];

    public ViciWriter Ids() => ViciWriter.Response().List("keys", node.Configuration.PrivateKeys.Select(IdOf));

    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        string type = request.Arguments.Required("type", "private key type missing").ToLowerInvariant();
        if (!Types.Contains(type)) throw new ViciException($"invalid key type: {type}");
        if (!request.Arguments.Values.TryGetValue("data", out byte[]? data)) throw new ViciException("private key data missing");
        SigningKey key = Parse(type, data);
        string id = IdOf(key);
        await node.ReconfigureAsync(config => config.With(key), [key], request.Gone).ConfigureAwait(false);
        return ViciCommands.Done().Put("id", id);
    }

    public async Task<ViciWriter> UnloadAsync(ViciRequest request)
    {
        string id = request.Arguments.Required("id", "key id missing").ToLowerInvariant();
        await node.ReconfigureAsync(
            config => config.PrivateKeys.FirstOrDefault(k => IdOf(k) == id) is { } key ? config.Without(key) : throw new ViciException("key not found"), request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    public static Task<ViciWriter> LoadTokenAsync(ViciRequest request) =>
        throw new ViciException("private keys on tokens are not supported: keys have to be in files");

    private static SigningKey Parse(string type, byte[] data)
    {
        try
        {
            return SigningKeys.Parse(data, "");
        }
        catch (FormatException fault)
        {
            throw new ViciException($"parsing {type.ToUpperInvariant()} private key failed: {fault.Message}");
        }
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "It is the name that clients know the key by; nothing is trusted for it.")]
    private static string IdOf(SigningKey key)
    {
        AsnReader info = new AsnReader(key.PublicKey, AsnEncodingRules.DER).ReadSequence();
        info.ReadSequence();
        return Convert.ToHexStringLower(SHA1.HashData(info.ReadBitString(out _)));
    }
}
