using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>
/// What IKE_SA_INIT leaves for IKE_AUTH: both messages as they went over the wire and both nonces (RFC 7296 §2.15), and as initiator
/// the private value and what a retry needs. Disposed as soon as the peer is authenticated.
/// </summary>
internal sealed class InitExchange : IDisposable
{
    public const int NonceLength = 32;

    /// <summary>How often a cookie or another group may send us back to the start.</summary>
    public const int RestartLimit = 4;

    public IReadOnlyList<Proposal> Offered { get; set; } = [];

    public IKeyExchange? KeyExchange { get; set; }

    public byte[] NonceInitiator { get; set; } = [];

    public byte[] NonceResponder { get; set; } = [];

    public byte[] RequestBytes { get; set; } = [];

    public byte[] ResponseBytes { get; set; } = [];

    /// <summary>The cookie to return as the first payload; empty without one.</summary>
    public ReadOnlyMemory<byte> Cookie { get; set; }

    /// <summary>The hashes that the peer verifies signatures with (RFC 7427 §4); empty: it knows the old methods alone.</summary>
    public IReadOnlyList<HashId> PeerHashes { get; set; } = [];

    /// <summary>The peer sent a CERTREQ.</summary>
    public bool PeerWantsCertificates { get; set; }

    /// <summary>SHA-1 of the keys of the authorities that its CERTREQ names.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RequestedAuthorities { get; set; } = [];

    /// <summary>With what we sign; the configuration owns it.</summary>
    public OwnCertificate? OwnCertificate { get; set; }

    public int Restarts { get; set; }

    public HashSet<KeyExchangeMethod> TriedMethods { get; } = [];

    public void Dispose() => KeyExchange?.Dispose();
}
