namespace Concentrator.Ike.Tests.Crypto;

internal static class Hex
{
    /// <summary>Octets from the form that RFCs print: white space is ignored.</summary>
    internal static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c))));

    internal static string Of(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(octets);
}
