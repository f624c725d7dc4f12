namespace Concentrator.Actors.Store;

/// <summary>The encrypted state of a session: <see cref="KeyId"/> names the key, <see cref="Version"/> the form of what is inside.</summary>
internal readonly record struct SealedBody(string KeyId, short Version, byte[] Octets);
