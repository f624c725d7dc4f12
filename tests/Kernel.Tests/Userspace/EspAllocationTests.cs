using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>A packet takes no memory, in either direction, whatever becomes of it.</summary>
public sealed class EspAllocationTests
{
    public static TheoryData<string> Algorithms => EspEngineTests.Algorithms;

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Nothing_is_allocated_for_a_packet(string algorithm)
    {
        using EspPair pair = new(EspPair.ByName(algorithm), esn: true);
        byte[] inner = IpPackets.Udp("10.1.0.1", "10.2.0.1", 1200), foreign = IpPackets.Udp("10.99.0.1", "10.2.0.1", 10), buffer = new byte[2048];
        UdpEndpoint left = UdpEndpoint.From(pair.LeftEnd), right = UdpEndpoint.From(pair.RightEnd);
        long delivered = 0, allocated = long.MaxValue;
        // The first rounds are the runtime's, and a collection in the middle of one counts what is not ours.
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2000; i++)
            {
                inner.CopyTo(buffer, EspTransform.LargestFront);
                if (pair.Left.Send(buffer, EspTransform.LargestFront, inner.Length, out ProtectedPacket sent) != EspVerdict.Delivered) Assert.Fail("not sent");
                Span<byte> packet = buffer.AsSpan(sent.Start, sent.Length);
                if (pair.Right.Receive(packet, right, left, 0, out _) == EspVerdict.Delivered) delivered++;
                // Rubbish by now, with a number that was seen.
                pair.Right.Receive(packet, right, left, 0, out _);
                foreign.CopyTo(buffer, EspTransform.LargestFront);
                pair.Left.Send(buffer, EspTransform.LargestFront, foreign.Length, out _);
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal((6000L, 0L), (delivered, allocated));
    }
}
