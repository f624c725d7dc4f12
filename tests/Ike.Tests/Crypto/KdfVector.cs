using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>
/// NIST's sample vectors for the IKEv2 key derivation function (CAVP, SP 800-135): one per PRF. The suite is ours, chosen so that its
/// keys consume the derived keying material (132 octets, to which longer keys are compared).
/// </summary>
internal sealed record KdfVector(
    IkeSuite Suite,
    string NonceI,
    string NonceR,
    ulong SpiI,
    ulong SpiR,
    string SharedSecret,
    string NewSharedSecret,
    string KeyingMaterial,
    string SkeySeedOfRekey)
{
    public static readonly KdfVector Sha1 = new(
        new IkeSuite(EncryptionId.AesCbc, 128, IntegrityId.HmacSha1_96, PrfId.HmacSha1, KeyExchangeMethod.Curve25519),
        "32b50d5f4a3763f3",
        "9206a04b26564cb1",
        0x34c9e7c188868785,
        0x3ff77d760d2b2199,
        "4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52",
        "863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330",
        "a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002a2a63080e514a062768b76606f9fa5e992204fc5a670bde3f10d6b027113936a5c55" +
        "b648a194ae587b0088d52204b702c979fa280870d2ed41efa9c549fd11198af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435a7a56cc4",
        "63e81194946ebd05df7df5ebf5d8750056bf1f1d");

    public static readonly KdfVector Sha256 = new(
        new IkeSuite(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519),
        "3f302be1abcb28e1",
        "8c332ee006064c9b",
        0x40dac39e1e1a8640,
        0x8619a1cf9a6e4c07,
        "0f4d257d7a58fc4545c7d7a88119eee5d5c9690c5b4c989171d3abbfd99d1d29",
        "25f3b12d6f282739256e39bf54eda53b60ffcf379bb7bcc90c27b4c4c578616c",
        "0b137d669b0947d7d026d593f0305ad401ff0c471357d695778a9c7f4b4869ece98aca531188d16041b3bb936d2dbb3b4993a6e768a809160de45d0283f273a6cdf6" +
        "854379e31be72b8d3d1fa990cf9c5b015ca9f918a7df6253c958114a09d4e1c19bdcd4db14b29d98db1a74ad405c588662c14a04d0d36aa4ab55e90f8986d12d4aad",
        "2d63f6debc92048b4fef3889c4c99ca67d6496e0fac14a2bca9a2d6566ff2398");

    public static readonly KdfVector Sha384 = new(
        new IkeSuite(EncryptionId.AesCbc, 128, IntegrityId.HmacSha384_192, PrfId.HmacSha384, KeyExchangeMethod.Curve25519),
        "fd1b572a8e735591",
        "6013b0ef88dacd3d",
        0x2116ad07ce61f749,
        0x24880e55f11a65b7,
        "d3288cd87565101e88fe3bad918f31939d8dd26ff1071f8b2d7f447524e58d7c",
        "3358f620539473aee8d07e779764c4c6a9aabddc79a28e136b3bac021dbde44a",
        "4f904c2025c90c817ea5ff9b662a6fdb445a73b57cdf09eacd379b95e1f03cacb04cd6deeda4f952191dd9bc1f7a9502471a648d74dc06d38112de48a42501f6b1a3" +
        "ad55c2099cd9a648e5f17e5bf3e34bf9b5953decb768a34f875fe2b78dca0c2fcca81ec1a412006dfaed38fa06882e61f4c148105fb8e231fdb33c4d484c001721d4",
        "e0548c1682e13bce454026b3b1bdf42985b24e4e7408095a7c529de38c3d1fcb04c9fe6868042a34c9614c6c99e3fcea");

    public static readonly KdfVector Sha512 = new(
        new IkeSuite(EncryptionId.AesCbc, 256, IntegrityId.HmacSha512_256, PrfId.HmacSha512, KeyExchangeMethod.Curve25519),
        "97c41a9b0a03e74c",
        "a659fd06e1746600",
        0xff43c5c689b95481,
        0xe2ba607f30079bb7,
        "276255c3eaace5c6db32b609aa86c0ef07bba4bf2dc4c262995efd95ca607c3f",
        "bb4015f7727b35532021336a9e4a6370ac8729b01fbb8f15d52236820fac4709",
        "22259105314717dc73c210919ee9cb3ded774dc087e866aa3960404c0ed7b8e78e79b993888388e2e5cb238d4bfcb4cdee9da074a26e329d6c2f2f660cc9c711c941" +
        "a2fb3d85a2e5d01e579c8f2c9d00fa6fabe76a137b00c7ff1b291899906588c26f073d819063238c4c844f0f8d221b65b76dbc9ed6f6368e5dba86b3e81b60eb44a1",
        "ecdaf3ccb990abc898a453b03fd56f9975275f150e1e571b0560b3cb2ee67289e82b899cdc2129fd821fe8aebea796f190765c25798f5883f923526551f16a4b");

    public static IReadOnlyList<KdfVector> All { get; } = [Sha1, Sha256, Sha384, Sha512];

    public static KdfVector For(PrfId prf) => All.Single(vector => vector.Suite.Prf == prf);
}
