using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;

namespace Concentrator.Actors.Node;

/// <summary>The secret behind the tokens of quick crash detection, in a file: it must be the same after a crash (RFC 6290 §5).</summary>
internal static class QcdSecret
{
    /// <exception cref="NodeStartException">The file cannot be used; the message says what to do.</exception>
    public static CrashTokens Load(string path)
    {
        byte[] octets = SecretFile.LoadOrCreate(
            path, "the secret of quick crash detection", CrashTokens.SecretLength, () => RandomNumberGenerator.GetBytes(CrashTokens.SecretLength));
        try
        {
            return new CrashTokens(new Secret(octets));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }
}
