namespace Concentrator.Ike.Crypto;

/// <summary>The keys of one CHILD_SA pair (RFC 7296 §2.17). Owned by whoever holds it; disposed once they are in the kernel.</summary>
public sealed class ChildKeys(Secret encryptionInitiator, Secret integrityInitiator, Secret encryptionResponder, Secret integrityResponder) : IDisposable
{
    /// <summary>Key of what the exchange's initiator sends; with the salt behind it for AEAD.</summary>
    public Secret EncryptionInitiator { get; } = encryptionInitiator;

    /// <summary>Empty for AEAD.</summary>
    public Secret IntegrityInitiator { get; } = integrityInitiator;

    public Secret EncryptionResponder { get; } = encryptionResponder;

    public Secret IntegrityResponder { get; } = integrityResponder;

    public void Dispose()
    {
        EncryptionInitiator.Dispose();
        IntegrityInitiator.Dispose();
        EncryptionResponder.Dispose();
        IntegrityResponder.Dispose();
    }
}
