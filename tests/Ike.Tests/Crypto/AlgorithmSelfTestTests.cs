using System.Diagnostics;
using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The table of algorithms and the self test that says which of them may be proposed.</summary>
public sealed class AlgorithmSelfTestTests
{
    [Fact]
    public void Everything_that_the_table_offers_for_ike_passes()
    {
        AlgorithmSet set = AlgorithmSelfTest.Run();

        Assert.Equal(
            AlgorithmTable.Encryption.Where(e => e.Provider is not null).SelectMany(e => e.KeyLengths.Select(k => (e.Id, k))).Order(),
            set.Encryption.Order());
        Assert.Equal(AlgorithmTable.Integrity.Select(i => i.Id).Order(), set.Integrity.Order());
        Assert.Equal(AlgorithmTable.Prf.Select(p => p.Id).Order(), set.Prf.Order());
        Assert.Equal(AlgorithmTable.KeyExchange.Select(k => k.Method).Order(), set.KeyExchange.Order());
    }

    [Fact]
    public void Is_quick()
    {
        TimeSpan best = Enumerable.Range(0, 5).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            AlgorithmSelfTest.Run();
            return Stopwatch.GetElapsedTime(start);
        });

        Assert.InRange(best.TotalMilliseconds, 0, 50);
    }

    [Fact]
    public void A_wrong_answer_and_a_refusal_fail_without_throwing()
    {
        Assert.False(AlgorithmSelfTest.Passes(() => [1, 2, 3], 0));
        Assert.False(AlgorithmSelfTest.Passes(() => throw new CryptographicException("not offered"), 0));
        Assert.False(AlgorithmSelfTest.Passes(() => throw new PlatformNotSupportedException(), 0));
        Assert.True(AlgorithmSelfTest.Passes(() => "abc"u8.ToArray(), 0xBA7816BF8F01CFEA));
    }

    [Theory]
    [InlineData(TransformType.Encryption, 20, 256, true)]
    [InlineData(TransformType.Encryption, 20, 0, false)]
    [InlineData(TransformType.Encryption, 18, 128, false)]
    [InlineData(TransformType.Encryption, 28, 0, true)]
    [InlineData(TransformType.Encryption, 28, 256, false)]
    [InlineData(TransformType.Encryption, 3, 0, false)]
    [InlineData(TransformType.PseudorandomFunction, 5, 0, true)]
    [InlineData(TransformType.PseudorandomFunction, 1, 0, false)]
    [InlineData(TransformType.Integrity, 0, 0, true)]
    [InlineData(TransformType.Integrity, 12, 0, true)]
    [InlineData(TransformType.Integrity, 1, 0, false)]
    [InlineData(TransformType.KeyExchangeMethod, 31, 0, true)]
    [InlineData(TransformType.KeyExchangeMethod, 2, 0, false)]
    [InlineData(TransformType.KeyExchangeMethod, 1025, 0, false)]
    [InlineData(TransformType.ExtendedSequenceNumbers, 0, 0, false)]
    public void Transforms_are_looked_up_with_their_key_length(TransformType type, int id, int keyLength, bool expected) =>
        Assert.Equal(expected, AlgorithmSelfTest.Run().Contains(new Transform(type, (ushort)id, (ushort)keyLength)));

    [Fact]
    public void The_table_names_who_provides_what()
    {
        Assert.Equal("OpenSSL via .NET", AlgorithmTable.Find(EncryptionId.AesGcm16)!.Provider);
        Assert.Null(AlgorithmTable.Find(EncryptionId.AesGcm8)!.Provider);
        Assert.Equal(Providers.All[0].Name, AlgorithmTable.Find(KeyExchangeMethod.Curve25519)!.Provider);
        Assert.Null(AlgorithmTable.Find(EncryptionId.None));
        Assert.Null(AlgorithmTable.Find(IntegrityId.None));
        Assert.Null(AlgorithmTable.Find((PrfId)4));
    }
}
