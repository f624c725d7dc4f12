using System.Net;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Tests;

/// <summary>What is written of an SA is read again whole; the kernel tells an SA in the same form as it takes one.</summary>
public sealed class SaReaderTests
{
    private static readonly SaProgress Progress = new(0x0001_0000_2345, 0x0002_0000_1234, [1, 0x80000000], 5_000_000_000, 70_000, 1_700_000_000, 1_700_000_005);

    public static TheoryData<string> Shapes => ["gcm", "cbc", "esn", "wide window", "encapsulated", "ipv6", "limits"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_is_written_is_read(string shape)
    {
        byte[] key = [.. Enumerable.Range(1, 64).Select(i => (byte)i)];
        SaSpec sa = Samples.Sa(XfrmDirection.In, 0xc0000001, algorithms: EspAlgorithms.AesGcm16(key[..20])) with { Progress = Progress with { Sent = 0x2345, Received = 0x1234, Window = [0xf0f0] } };
        sa = shape switch
        {
            "cbc" => sa with { Algorithms = EspAlgorithms.AesCbc(key[..32], EspAlgorithms.HmacSha512(key)) },
            "esn" => sa with { ExtendedSequenceNumbers = true, ReplayWindow = 64, Progress = Progress },
            "wide window" => sa with { ReplayWindow = 64, Progress = sa.Progress with { Window = [1, 2] } },
            "encapsulated" => sa with { Encapsulation = new UdpEncapsulation(61_234, 4500) },
            "ipv6" => sa with { Source = IPAddress.Parse("2001:db8::2"), Destination = IPAddress.Parse("2001:db8::1") },
            "limits" => sa with { Lifetime = new SaLifetime(1, 2, 3, 4, 0, 3600) },
            _ => sa,
        };
        SaSpec read = Read(sa)!;
        Assert.Equal(sa.ToString(), read.ToString());
        Assert.Equal(Keys(sa), Keys(read));
        Assert.Equal(sa.Progress!.Window, read.Progress!.Window);
        Assert.Equal(sa.Progress with { Window = [], Bytes = 0, Packets = 0, AddedAt = 0, UsedAt = 0 }, read.Progress with { Window = [] });
        Assert.Equal((sa.Encapsulation, sa.Lifetime, sa.ReplayWindow, sa.ExtendedSequenceNumbers, sa.Mode), (read.Encapsulation, read.Lifetime, read.ReplayWindow, read.ExtendedSequenceNumbers, read.Mode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Zeroes_are_no_key(bool aead) => Assert.Null(Read(Samples.Sa(XfrmDirection.In, 0xc0000001, algorithms: aead ? Samples.Gcm() : Samples.Cbc())));

    [Fact]
    public void Cut_short_anywhere_it_is_no_sa()
    {
        byte[] payload = Payload(Samples.Sa(XfrmDirection.In, 0xc0000001, algorithms: EspAlgorithms.AesGcm16([.. Enumerable.Repeat((byte)3, 20)])));
        for (int length = 0; length < payload.Length - 4; length++) Assert.Null(SaReader.Read(payload.AsSpan(0, length), XfrmDirection.In));
    }

    [Theory]
    [InlineData(1_700_000_000UL, 1_700_000_000L)]
    [InlineData(ulong.MaxValue, null)]
    public void When_it_was_last_used_is_read_where_the_kernel_tells_it(ulong told, long? read)
    {
        byte[] payload = Payload(Samples.Sa(XfrmDirection.In, 0xc0000001, algorithms: EspAlgorithms.AesGcm16(new byte[20])));
        Assert.Null(Readers.ReadSa(payload, Seal.Random())!.LastUsed);
        byte[] attribute = [12, 0, 15, 0, .. BitConverter.GetBytes(told)];
        Assert.Equal(read, Readers.ReadSa([.. payload, .. attribute], Seal.Random())!.LastUsed?.ToUnixTimeSeconds());
    }

    private static SaSpec? Read(SaSpec sa) => SaReader.Read(Payload(sa), sa.Direction);

    private static byte[] Payload(SaSpec sa)
    {
        MessageBuilder builder = new();
        SaWriter.Write(sa, 0x10, Seal.Random(), 1, builder);
        MessageReader reader = new(builder.Written);
        Assert.True(reader.Next());
        return reader.Payload.ToArray();
    }

    private static IEnumerable<byte> Keys(SaSpec sa) =>
        new[] { sa.Algorithms.Aead, sa.Algorithms.Cipher, sa.Algorithms.Authenticator }.SelectMany(algorithm => algorithm?.Key ?? []);
}
