using System.Text;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pkcs;

namespace Concentrator.Ike.Crypto;

/// <summary>PKCS#8 encrypted with a passphrase (RFC 5958 §3, RFC 8018), decrypted by BouncyCastle, whatever the key is.</summary>
internal static class EncryptedPkcs8
{
    public const string WrongPassphrase = "the passphrase of the private key is wrong";

    /// <summary>OBJECT IDENTIFIER 1.3.6.1.4.1.11591.4.11 (RFC 7914 §7), which BouncyCastle takes for a broken PBKDF2.</summary>
    private static ReadOnlySpan<byte> Scrypt => [0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];

    /// <summary>The PKCS#8 structure; the caller zeroes it.</summary>
    /// <exception cref="FormatException">The passphrase is missing or wrong, or the encryption is not known.</exception>
    public static byte[] Decrypt(byte[] der, ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsEmpty) throw new FormatException("the private key is encrypted and no passphrase is known for it");
        if (der.AsSpan().IndexOf(Scrypt) >= 0) throw new FormatException("the private key is encrypted with scrypt, which is not supported: use PBKDF2");
        char[] password = Utf8AsChars(passphrase);
        try
        {
            byte[] plain = PrivateKeyInfoFactory.CreatePrivateKeyInfo(password, EncryptedPrivateKeyInfo.GetInstance(der)).GetEncoded();
            return KeyShapes.Of(plain) == KeyShape.Pkcs8 ? plain : throw new FormatException(WrongPassphrase);
        }
        catch (Exception e) when (e is CryptoException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            throw new FormatException(WrongPassphrase, e);
        }
        finally
        {
            Array.Clear(password);
        }
    }

    /// <summary>RFC 8018 leaves the encoding open and everybody takes UTF-8; BouncyCastle takes the low octet of each char.</summary>
    private static char[] Utf8AsChars(ReadOnlySpan<char> passphrase)
    {
        Span<byte> octets = stackalloc byte[Encoding.UTF8.GetByteCount(passphrase)];
        Encoding.UTF8.GetBytes(passphrase, octets);
        char[] chars = new char[octets.Length];
        for (int i = 0; i < chars.Length; i++) chars[i] = (char)octets[i];
        octets.Clear();
        return chars;
    }
}
