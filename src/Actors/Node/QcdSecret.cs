using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;

namespace Concentrator.Actors.Node;

/// <summary>The secret behind the tokens of quick crash detection, in a file: it must be the same after a crash (RFC 6290 §5).</summary>
internal static class QcdSecret
{
    private const int LongestFile = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <exception cref="NodeStartException">The file cannot be read or made, is too short, or others may read it; the message says what to do.</exception>
    public static CrashTokens Load(string path)
    {
        byte[] octets = [];
        try
        {
            octets = File.Exists(path) ? Read(path) : Create(path);
            return new CrashTokens(new Secret(octets));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"the secret of quick crash detection in {path}: {fault.Message}", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static byte[] Read(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new NodeStartException($"{path} is a secret that others may read: chmod 600, or delete it and a new one is made");
        byte[] octets = new FileInfo(path).Length <= LongestFile ? File.ReadAllBytes(path) : [];
        if (octets.Length >= CrashTokens.SecretLength) return octets;
        throw new NodeStartException($"{path} is no secret of {CrashTokens.SecretLength} to {LongestFile} octets: delete it and a new one is made");
    }

    /// <summary>Never readable by others, not for a moment; on the disk before a token is told.</summary>
    private static byte[] Create(string path)
    {
        byte[] octets = RandomNumberGenerator.GetBytes(CrashTokens.SecretLength);
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(octets);
        file.Flush(flushToDisk: true);
        return octets;
    }
}
