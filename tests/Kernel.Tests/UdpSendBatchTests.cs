using System.Net;
using System.Runtime.InteropServices;
using Concentrator.Tests.Shared;

namespace Concentrator.Kernel.Tests;

/// <summary>Many datagrams in one system call, on loopback.</summary>
public sealed unsafe class UdpSendBatchTests
{
    private static readonly UdpSocketOptions Esp = new(CarriesEsp: true);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_batch_arrives_whole_in_order_and_with_its_traffic_classes(string address)
    {
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse(address), 0), Esp), receiver = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse(address), 0), Esp);
        List<(int Number, byte TrafficClass)> received = [];
        Thread reader = new(() => receiver.Run((Span<byte> payload, in UdpEndpoint _, in UdpEndpoint _, byte trafficClass) =>
        {
            received.Add((payload[0], trafficClass));
            if (received.Count == UdpSendBatch.Size) receiver.Stop();
        }));
        reader.Start();
        using UdpSendBatch batch = new();
        byte* memory = stackalloc byte[UdpSendBatch.Size];
        for (int i = 0; i < UdpSendBatch.Size; i++)
        {
            Assert.False(batch.IsFull);
            memory[i] = (byte)i;
            batch.Add(new Span<byte>(memory + i, 1), UdpEndpoint.From(sender.LocalEndPoint), UdpEndpoint.From(receiver.LocalEndPoint), (byte)(i * 4 + 2));
        }

        Assert.True(batch.IsFull);
        Assert.Equal(UdpSendBatch.Size, sender.SendBatch(batch));
        Assert.Equal(0, batch.Count);
        Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(Enumerable.Range(0, UdpSendBatch.Size).Select(i => (i, (byte)(i * 4 + 2))), received);
    }

    [Fact]
    public void One_that_cannot_be_sent_does_not_keep_the_others()
    {
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), Esp), receiver = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), Esp);
        using UdpSendBatch batch = new();
        byte* memory = stackalloc byte[1];
        for (int i = 0; i < 9; i++)
        {
            // From an address that is not here.
            UdpEndpoint local = i % 3 == 1 ? new UdpEndpoint(0xc6336401, (ushort)sender.LocalEndPoint.Port, false) : UdpEndpoint.From(sender.LocalEndPoint);
            batch.Add(new Span<byte>(memory, 1), local, UdpEndpoint.From(receiver.LocalEndPoint), 0);
        }

        Assert.Equal(6, sender.SendBatch(batch));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_batch()
    {
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), Esp), receiver = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), Esp);
        using UdpSendBatch batch = new();
        UdpEndpoint from = UdpEndpoint.From(sender.LocalEndPoint), to = UdpEndpoint.From(receiver.LocalEndPoint);
        byte* memory = (byte*)NativeMemory.AllocZeroed(1400);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int round = 0; round < 10; round++)
            {
                while (!batch.IsFull) batch.Add(new Span<byte>(memory, 1400), from, to, 0x2e);
                sender.SendBatch(batch);
            }
        }));
        NativeMemory.Free(memory);
    }
}
