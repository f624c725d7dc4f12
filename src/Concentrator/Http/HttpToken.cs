using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Concentrator.Actors.Node;

namespace Concentrator.Http;

/// <summary>What an operator's requests prove themselves with. Only its digest is kept.</summary>
internal sealed class HttpToken
{
    private const int Octets = 32;
    private const int Shortest = 32;
    private const string Scheme = "Bearer ";

    private readonly byte[] _digest;

    private HttpToken(ReadOnlySpan<byte> token) => _digest = SHA256.HashData(token);

    /// <summary>Reads the file, or makes it with a new token.</summary>
    /// <exception cref="NodeStartException">It cannot be had, is too short, or others may read it; the message says what to do.</exception>
    public static HttpToken Load(string path)
    {
        byte[] octets = SecretFile.LoadOrCreate(path, "the token of the web server", Shortest, Make);
        try
        {
            ReadOnlySpan<byte> token = octets.AsSpan().Trim(" \r\n\t"u8);
            return token.Length >= Shortest ? new HttpToken(token) : throw new NodeStartException($"{path} is no secret of {Shortest} octets or more: delete it and a new one is made");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    /// <summary>Of an Authorization header. Takes as long whatever is presented: digests are compared, and whole.</summary>
    public bool IsIn(string? authorization) =>
        authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), _digest);

    private static byte[] Make() => Encoding.ASCII.GetBytes(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Octets)) + "\n");
}
