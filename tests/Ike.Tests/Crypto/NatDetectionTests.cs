using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike.Crypto;

#pragma warning disable CA5350 // SHA-1 is what the RFC names.

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>NAT_DETECTION_* against SHA-1 over octets written out by hand (RFC 7296 §2.23).</summary>
public sealed class NatDetectionTests
{
    [Theory]
    [InlineData("192.0.2.1", 500, "0102030405060708 0000000000000000 c0000201 01f4")]
    [InlineData("::ffff:192.0.2.1", 500, "0102030405060708 0000000000000000 c0000201 01f4")]
    [InlineData("2001:db8::1", 4500, "0102030405060708 0000000000000000 20010db8000000000000000000000001 1194")]
    [InlineData("fe80::1%2", 65535, "0102030405060708 0000000000000000 fe800000000000000000000000000001 ffff")]
    public void Hashes_spis_address_and_port(string address, int port, string octets) => Assert.Equal(
        SHA1.HashData(Hex.Bytes(octets)), NatDetection.Hash(0x0102030405060708, 0, IPAddress.Parse(address), (ushort)port));

    [Fact]
    public void The_responders_spi_counts()
    {
        byte[] expected = SHA1.HashData(Hex.Bytes("0102030405060708 1112131415161718 c0000201 01f4"));

        byte[] hash = NatDetection.Hash(0x0102030405060708, 0x1112131415161718, IPAddress.Parse("192.0.2.1"), 500);

        Assert.Equal(expected, hash);
        Assert.Equal(NatDetection.HashLength, hash.Length);
    }
}
