using System.Text;
using Concentrator.Vici;
using CsCheck;

namespace Concentrator.Tests.Vici;

/// <summary>The encoding of messages: the protocol's own example, both ways, and whatever else a client may write.</summary>
public sealed class ViciMessageTests
{
    /// <summary>The example of the protocol's description.</summary>
    private static readonly byte[] Example =
    [
        3, 4, .. "key1"u8, 0, 6, .. "value1"u8,
        1, 8, .. "section1"u8,
        1, 11, .. "sub-section"u8, 3, 4, .. "key2"u8, 0, 6, .. "value2"u8, 2,
        4, 5, .. "list1"u8, 5, 0, 5, .. "item1"u8, 5, 0, 5, .. "item2"u8, 6,
        2,
    ];

    [Fact]
    public void The_example_is_written()
    {
        byte[] packet = ViciWriter.Response()
            .Put("key1", "value1").Begin("section1").Begin("sub-section").Put("key2", "value2").End().List("list1", ["item1", "item2"]).End()
            .ToPacket();
        Assert.Equal([0, 0, 0, (byte)(Example.Length + 1), (byte)ViciPacket.CommandResponse, .. Example], packet);
    }

    [Fact]
    public void The_example_is_read()
    {
        Assert.True(ViciReader.TryRead(Example, out ViciSection? message));
        Assert.Equal("value1", message.Text("key1"));
        Assert.Equal("value2", message.Sections["section1"].Sections["sub-section"].Text("key2"));
        Assert.Equal(["item1", "item2"], message.Sections["section1"].Lists["list1"].Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void What_ends_too_early_is_no_message()
    {
        // After a whole element of the root the rest may be missing: that is a shorter message.
        int[] whole = [0, 14];
        for (int length = 0; length < Example.Length; length++)
            Assert.Equal(whole.Contains(length), ViciReader.TryRead(Example.AsSpan(0, length), out _));
    }

    [Fact]
    public void Sections_without_end_are_no_message()
    {
        byte[] deep = [.. Enumerable.Repeat<byte[]>([1, 1, (byte)'a'], 100_000).SelectMany(section => section)];
        Assert.False(ViciReader.TryRead(deep, out _));
    }

    [Fact]
    public void Any_octets_are_read_to_an_end() => Gen.Byte.Array[0, 200].Sample(octets => { _ = ViciReader.TryRead(octets, out _); });

    [Fact]
    public void Values_are_cut_where_their_length_ends()
    {
        byte[] packet = ViciWriter.Response().Put("key", new string('x', 100_000)).ToPacket();
        Assert.True(ViciReader.TryRead(packet.AsSpan(5), out ViciSection? message));
        Assert.Equal(ViciLimits.LargestValue, message.Values["key"].Length);
    }
}
