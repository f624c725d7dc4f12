using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Which fragments are stored, which are thrown away, and what the latter must not disturb (RFC 7383 §2.6).</summary>
public sealed class FragmentBufferTests : IDisposable
{
    private readonly FragmentForge _forge = new();

    public void Dispose() => _forge.Dispose();

    [Theory]
    [InlineData(0, 3, FragmentFault.BadNumber)]
    [InlineData(4, 3, FragmentFault.BadNumber)]
    [InlineData(0, 0, FragmentFault.BadNumber)]
    [InlineData(1, 0, FragmentFault.BadNumber)]
    [InlineData(1, 65, FragmentFault.TooMany)]
    [InlineData(65535, 65535, FragmentFault.TooMany)]
    public void Numbers_that_cannot_be_are_dropped_though_authentic(int number, int total, FragmentFault fault)
    {
        AssertDropped(fault, _forge.Take(_forge.Fragment(number, total, Golden.Octets(20))));
        Assert.Null(_forge.Buffer.Deadline);
    }

    [Fact]
    public void In_any_order_with_every_fragment_twice_the_message_comes_out_once()
    {
        IReadOnlyList<byte[]> fragments = _forge.Message(id: 5, total: 5);
        foreach (int number in new[] { 4, 0, 3, 1 })
        {
            Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(fragments[number]));
            AssertDropped(FragmentFault.Duplicate, _forge.Take(fragments[number]));
        }

        var complete = Assert.IsType<FragmentVerdict.Complete>(_forge.Take(fragments[2]));
        Assert.Equal(ParseStatus.Ok, complete.Result.Status);
        Assert.Equal(496, Assert.IsType<VendorIdPayload>(Assert.Single(complete.Result.Message!.Payloads)).Data.Length);
        Assert.Equal(5u, complete.Result.Header.MessageId);
        Assert.Equal(ExchangeType.IkeAuth, complete.Result.Header.Exchange);
        Assert.Equal(fragments.Sum(f => f.Length), complete.Octets);
        Assert.Equal(SHA256.HashData(fragments[0]), complete.FirstDigest.ToArray());
        AssertDropped(FragmentFault.Stale, _forge.Take(fragments[2]));
    }

    [Fact]
    public void A_gap_stays_a_gap_however_often_the_others_come()
    {
        IReadOnlyList<byte[]> fragments = _forge.Message(id: 1, total: 4);
        for (int round = 0; round < 10; round++)
            foreach (int number in new[] { 0, 1, 3 })
                Assert.IsNotType<FragmentVerdict.Complete>(_forge.Take(fragments[number]));

        Assert.IsType<FragmentVerdict.Complete>(_forge.Take(fragments[2]));
    }

    [Fact]
    public void A_greater_total_starts_anew_and_a_smaller_one_is_dropped()
    {
        // The peer cuts its message into two, hears nothing, and cuts it into four (RFC 7383 §2.5.2); the old ones come late.
        byte[] whole = Golden.Octets(36);
        byte[] payload = [0, 0, 0, 40, .. whole];
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(_forge.Fragment(1, 2, payload.AsSpan(0, 20))));
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(_forge.Fragment(1, 4, payload.AsSpan(0, 10))));
        AssertDropped(FragmentFault.FewerInTotal, _forge.Take(_forge.Fragment(2, 2, payload.AsSpan(20))));
        for (int number = 2; number < 4; number++)
            Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(_forge.Fragment(number, 4, payload.AsSpan((number - 1) * 10, 10))));

        var complete = Assert.IsType<FragmentVerdict.Complete>(_forge.Take(_forge.Fragment(4, 4, payload.AsSpan(30))));
        Assert.Equal(whole, complete.Result.Message!.Find<VendorIdPayload>()!.Data.ToArray());
    }

    [Fact]
    public void A_forgery_leaves_the_set_untouched_whatever_it_claims()
    {
        IReadOnlyList<byte[]> fragments = _forge.Message(id: 7, total: 3);
        _forge.Take(fragments[0]);
        _forge.Take(fragments[2]);
        foreach ((int number, int total, int id) in new[] { (2, 3, 7), (1, 4, 7), (1, 64, 7), (1, 3, 8), (2, 64, 200) })
        {
            byte[] forged = [.. fragments[1]];
            FragmentForge.SetNumbers(forged, number, total);
            forged[23] = (byte)id;
            forged[^1] ^= 1;
            Assert.IsType<FragmentVerdict.NotAuthentic>(_forge.Take(forged, seconds: 3));
            Assert.Equal(TimeSpan.FromSeconds(30), _forge.Buffer.Deadline);
        }

        Assert.IsType<FragmentVerdict.Complete>(_forge.Take(fragments[1]));
    }

    [Fact]
    public void No_bit_of_a_fragment_can_be_turned()
    {
        byte[] fragment = _forge.Fragment(1, 2, Golden.Octets(24));
        for (int bit = 0; bit < fragment.Length * 8; bit++)
        {
            byte[] forged = [.. fragment];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsNotType<FragmentVerdict.Incomplete>(_forge.Take(forged));
            Assert.Null(_forge.Buffer.Deadline);
        }
    }

    [Fact]
    public void An_older_message_neither_displaces_the_present_one_nor_comes_back()
    {
        IReadOnlyList<byte[]> old = _forge.Message(id: 3, total: 2);
        IReadOnlyList<byte[]> present = _forge.Message(id: 4, total: 2);
        _forge.Take(old[0]);
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(present[0]));
        AssertDropped(FragmentFault.Stale, _forge.Take(old[1]));
        Assert.IsType<FragmentVerdict.Complete>(_forge.Take(present[1]));
        foreach (byte[] replayed in old.Concat(present)) AssertDropped(FragmentFault.Stale, _forge.Take(replayed));
        Assert.Null(_forge.Buffer.Deadline);
    }

    [Fact]
    public void Fragments_of_one_message_are_of_one_exchange()
    {
        _forge.Take(_forge.Fragment(1, 2, Golden.Octets(20)));
        AssertDropped(FragmentFault.Inconsistent, _forge.Take(_forge.Fragment(2, 2, Golden.Octets(20), exchange: ExchangeType.Informational)));
    }

    [Fact]
    public void More_octets_than_a_datagram_could_carry_end_the_set()
    {
        byte[] part = new byte[FragmentBuffer.MaxOctets / 2];
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(_forge.Fragment(1, 3, part)));
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(_forge.Fragment(2, 3, part)));
        AssertDropped(FragmentFault.TooLong, _forge.Take(_forge.Fragment(3, 3, [1])));
        Assert.Null(_forge.Buffer.Deadline);
    }

    [Fact]
    public void Half_a_message_is_forgotten_after_its_time_and_may_come_again()
    {
        IReadOnlyList<byte[]> fragments = _forge.Message(id: 1, total: 2);
        _forge.Take(fragments[0], seconds: 100);
        _forge.Buffer.Expire(TimeSpan.FromSeconds(129));
        Assert.Equal(TimeSpan.FromSeconds(130), _forge.Buffer.Deadline);
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Take(fragments[1], seconds: 130));
        Assert.IsType<FragmentVerdict.Complete>(_forge.Take(fragments[0], seconds: 131));

        _forge.Take(_forge.Message(id: 2, total: 2)[0], seconds: 200);
        _forge.Buffer.Expire(TimeSpan.FromSeconds(230));
        Assert.Null(_forge.Buffer.Deadline);
    }

    [Fact]
    public void Authentic_nonsense_is_told_as_such()
    {
        _forge.Take(_forge.Fragment(1, 2, Golden.Octets(10), first: PayloadType.Nonce));
        var complete = Assert.IsType<FragmentVerdict.Complete>(_forge.Take(_forge.Fragment(2, 2, [])));
        Assert.Equal(ParseStatus.InvalidSyntax, complete.Result.Status);
    }

    [Fact]
    public void The_plaintext_does_not_stay_in_the_datagram()
    {
        byte[] text = Golden.Octets(64);
        byte[] fragment = _forge.Fragment(1, 2, text);
        Assert.IsType<FragmentVerdict.Incomplete>(_forge.Buffer.Take(fragment, _forge.Receiver, TimeSpan.Zero));
        Assert.Equal(new byte[64], fragment[^(64 + 1 + 16)..^(1 + 16)]);
    }

    [Fact]
    public void What_is_dropped_before_decryption_allocates_nothing()
    {
        IReadOnlyList<byte[]> fragments = _forge.Message(id: 9, total: 3);
        byte[][] useless = [fragments[0], _forge.Message(id: 8, total: 2)[0], _forge.Fragment(0, 3, [], id: 9), _forge.Fragment(1, 2, [], id: 9)];
        foreach (byte[] fragment in fragments.Take(2).Concat(useless)) _forge.Take(fragment);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int round = 0; round < 1000; round++)
                foreach (byte[] fragment in useless)
                    _forge.Buffer.Take(fragment, _forge.Receiver, TimeSpan.Zero);
        }));
    }

    [Fact]
    public void An_authentic_flood_keeps_no_more_than_one_set()
    {
        byte[] part = new byte[1000];
        for (uint id = 0; id < 2000; id++) _forge.Take(_forge.Fragment(1, 64, part, id));
        Assert.Equal(1000, _forge.Buffer.Octets);
        for (int number = 2; number < 64; number++) _forge.Take(_forge.Fragment(number, 64, part, 1999));
        Assert.Equal(63_000, _forge.Buffer.Octets);
        _forge.Buffer.Clear();
        Assert.Equal(0, _forge.Buffer.Octets);
    }

    private static void AssertDropped(FragmentFault fault, FragmentVerdict verdict) =>
        Assert.Equal(fault, Assert.IsType<FragmentVerdict.Dropped>(verdict).Fault);
}
