using System.Collections.Frozen;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Which algorithms of ESP this kernel is known to refuse, named as <see cref="EspAlgorithms"/> names them. Immutable. One that is not known
/// to be refused counts as accepted.
/// </summary>
public sealed class KernelCapabilities
{
    private const int SaltOctets = 4;
    private const int ChaChaKeyOctets = 32 + SaltOctets;

    private static readonly ushort[] AesKeyLengths = [128, 192, 256];

    private static readonly (IntegrityId Id, KernelAlgorithm Algorithm)[] Authenticators =
    [
        (IntegrityId.HmacSha256_128, EspAlgorithms.HmacSha256([])),
        (IntegrityId.HmacSha384_192, EspAlgorithms.HmacSha384([])),
        (IntegrityId.HmacSha512_256, EspAlgorithms.HmacSha512([])),
    ];

    private readonly FrozenSet<string> _refused;

    private KernelCapabilities(FrozenSet<string> refused) => _refused = refused;

    /// <summary>Nothing is known to be refused.</summary>
    public static KernelCapabilities Full { get; } = new(FrozenSet<string>.Empty);

    /// <summary>All that this program can name, with keys of zeroes: what a probe tries.</summary>
    public static IEnumerable<EspAlgorithms> Known
    {
        get
        {
            foreach (ushort length in AesKeyLengths)
            {
                yield return EspAlgorithms.AesGcm16(new byte[length / 8 + SaltOctets]);
                yield return EspAlgorithms.AesCbc(new byte[length / 8], EspAlgorithms.HmacSha256(new byte[32]));
                yield return EspAlgorithms.AesCbc(new byte[length / 8], EspAlgorithms.HmacSha384(new byte[48]));
                yield return EspAlgorithms.AesCbc(new byte[length / 8], EspAlgorithms.HmacSha512(new byte[64]));
            }

            yield return EspAlgorithms.ChaCha20Poly1305(new byte[ChaChaKeyOctets]);
        }
    }

    public IReadOnlyCollection<string> Refused => _refused;

    public static KernelCapabilities Without(IEnumerable<string> refused) => new(refused.ToFrozenSet());

    /// <summary>Alone, or with at least one partner, this transform can be had.</summary>
    public bool IsUsable(Transform transform) => XfrmMapping.CanExpress(transform) && transform.Type switch
    {
        TransformType.Encryption => IsUsableCipher((EncryptionId)transform.Id, transform.KeyLength),
        TransformType.Integrity => transform.Id == (ushort)IntegrityId.None
            || AesKeyLengths.Any(length => Accepts(length, (IntegrityId)transform.Id)),
        _ => true,
    };

    private bool IsUsableCipher(EncryptionId id, ushort keyLength) => id switch
    {
        EncryptionId.AesGcm16 => !_refused.Contains(EspAlgorithms.AesGcm16(new byte[keyLength / 8 + SaltOctets]).ToString()),
        EncryptionId.ChaCha20Poly1305 => !_refused.Contains(EspAlgorithms.ChaCha20Poly1305(new byte[ChaChaKeyOctets]).ToString()),
        _ => Authenticators.Any(authenticator => Accepts(keyLength, authenticator.Id)),
    };

    private bool Accepts(ushort keyLength, IntegrityId integrity)
    {
        KernelAlgorithm authenticator = Authenticators.First(known => known.Id == integrity).Algorithm;
        return !_refused.Contains(EspAlgorithms.AesCbc(new byte[keyLength / 8], authenticator).ToString());
    }
}

/// <summary>Where the KernelActor publishes what it learned, and everybody reads it. Safe from any thread.</summary>
internal sealed class KernelCapabilityBoard
{
    private KernelCapabilities _current = KernelCapabilities.Full;

    public KernelCapabilities Current => Volatile.Read(ref _current);

    public void Publish(KernelCapabilities capabilities) => Volatile.Write(ref _current, capabilities);
}
