using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The encryption of PEM files that OpenSSL wrote before PKCS#8 (<c>DEK-Info: AES-256-CBC,IV</c>): one pass of MD5 over passphrase and salt makes the
/// key (EVP_BytesToKey). Weak, and read only because such files exist.
/// </summary>
internal static class LegacyPemEncryption
{
    private const int SaltLength = 8;

    /// <param name="info">The value of <c>DEK-Info</c>.</param>
    /// <param name="encrypted">The octets of the PEM block.</param>
    /// <param name="passphrase">As UTF-8 it is what OpenSSL was given.</param>
    /// <exception cref="FormatException">Another cipher, or a missing or wrong passphrase.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> info, byte[] encrypted, ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsEmpty) throw new FormatException("the private key is encrypted and no passphrase is known for it");
        string[] parts = Encoding.ASCII.GetString(info).Split(',');
        using SymmetricAlgorithm cipher = CipherOf(parts[0]);
        byte[] iv = parts.Length == 2 && parts[1].Length == cipher.BlockSize / 4
            ? Convert.FromHexString(parts[1])
            : throw new FormatException("the DEK-Info of the private key is damaged");
        byte[] octets = new byte[Encoding.UTF8.GetByteCount(passphrase)];
        Encoding.UTF8.GetBytes(passphrase, octets);
        byte[] key = DeriveKey(octets, iv.AsSpan(0, SaltLength), cipher.KeySize / 8);
        try
        {
            cipher.Key = key;
            byte[] plain = cipher.DecryptCbc(encrypted, iv);
            // One wrong passphrase in 256 leaves a padding that looks right.
            return KeyShapes.Of(plain) is KeyShape.Pkcs1 or KeyShape.Sec1 ? plain : throw new FormatException(EncryptedPkcs8.WrongPassphrase);
        }
        catch (CryptographicException e)
        {
            throw new FormatException(EncryptedPkcs8.WrongPassphrase, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The file is what it is.")]
    private static SymmetricAlgorithm CipherOf(string name)
    {
        if (name == "DES-EDE3-CBC") return TripleDES.Create();
        int bits = name switch
        {
            "AES-128-CBC" => 128,
            "AES-192-CBC" => 192,
            "AES-256-CBC" => 256,
            _ => throw new FormatException($"the private key is encrypted with {name}, which is not supported: convert it to PKCS#8"),
        };
        Aes aes = Aes.Create();
        aes.KeySize = bits;
        return aes;
    }

    // D1 = MD5(passphrase | salt), Dn = MD5(Dn-1 | passphrase | salt)
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The file is what it is.")]
    private static byte[] DeriveKey(byte[] passphrase, ReadOnlySpan<byte> salt, int length)
    {
        byte[] key = new byte[length];
        Span<byte> block = stackalloc byte[MD5.HashSizeInBytes];
        using IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (int offset = 0; offset < length; offset += block.Length)
        {
            if (offset > 0) md5.AppendData(block);
            md5.AppendData(passphrase);
            md5.AppendData(salt);
            md5.GetHashAndReset(block);
            block[..Math.Min(block.Length, length - offset)].CopyTo(key.AsSpan(offset));
        }

        CryptographicOperations.ZeroMemory(block);
        return key;
    }
}
