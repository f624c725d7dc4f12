using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Tests;

/// <summary>The flags of an SA as the kernel is told them, and those that it is never told.</summary>
public sealed class SaFlagsTests
{
    /// <summary>Of xfrm_usersa_info, behind the header of the message.</summary>
    private const int FlagsOffset = 16 + 216;

    private const byte NoEcn = 1;

    /// <summary>RFC 7296 §2.24, RFC 4301 §5.1.2: the kernel carries congestion marks both ways, unless it is told not to.</summary>
    [Theory]
    [InlineData(XfrmDirection.In)]
    [InlineData(XfrmDirection.Out)]
    public void No_sa_is_told_to_leave_ecn_alone(XfrmDirection direction)
    {
        foreach (XfrmMode mode in Enum.GetValues<XfrmMode>())
        {
            foreach (bool esn in new[] { false, true })
            {
                MessageBuilder builder = new();
                RequestWriter.Write(new AddSa(Samples.Sa(direction, 0xc0000001) with { Mode = mode, ExtendedSequenceNumbers = esn }), Seal.Of("test"), 1, builder);
                byte flags = builder.Written[FlagsOffset];
                Assert.Equal(0, flags & NoEcn);
                Assert.Equal(esn, (flags & 128) != 0);
            }
        }
    }
}
