using Concentrator.Kernel.Userspace;
using CsCheck;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Anti-replay against a model that remembers everything, and the upper half of ESN at its edges.</summary>
public sealed class ReplayWindowTests
{
    [Fact]
    public void It_agrees_with_a_model_that_forgets_nothing() =>
        Gen.Select(Gen.Int[1, 4096], Gen.Select(Gen.Int[-5000, 5000], Gen.Int[0, 20]).Array[1, 400]).Sample((size, steps) =>
        {
            ReplayWindow window = new(size, extended: false);
            HashSet<ulong> seen = [];
            ulong top = 0, position = 6000;
            foreach ((int step, int jump) in steps)
            {
                // Mostly near the top, sometimes far ahead.
                position = (ulong)Math.Max(0, (long)Math.Max(position, top) + (jump == 0 ? step * 10 : step % 130));
                bool expected = position > 0 && (position > top || (top - position < (ulong)size && !seen.Contains(position)));
                Assert.Equal(expected, window.IsNew(position));
                if (!expected) continue;
                window.Accept(position);
                seen.Add(position);
                top = Math.Max(top, position);
                Assert.Equal(top, window.Top);
            }
        });

    [Fact]
    public void With_esn_every_number_within_reach_is_inferred() =>
        Gen.Select(Gen.Int[1, 4096], Gen.ULong[1, 1UL << 62], Gen.Long[-4095, 1L << 30]).Sample((size, top, distance) =>
        {
            ReplayWindow window = new(size, extended: true);
            window.Accept(top);
            long behind = Math.Max(distance, -(long)(Math.Min((ulong)size, top) - 1));
            ulong sequence = top + (ulong)behind;
            Assert.True(window.TryInfer((uint)sequence, out ulong inferred));
            Assert.Equal(sequence, inferred);
        });

    [Theory]
    // top, window, lower half, expected (0: none)
    [InlineData(0xfffffff0UL, 64, 0x00000005u, 0x1_0000_0005UL)]
    [InlineData(0x1_0000_0005UL, 64, 0xfffffff0u, 0xfffffff0UL)]
    [InlineData(0x1_0000_0005UL, 64, 0x00000006u, 0x1_0000_0006UL)]
    [InlineData(0x1_0000_003fUL, 64, 0xffffffffu, 0x1_ffff_ffffUL)]
    [InlineData(0x1_0000_003eUL, 64, 0xffffffffu, 0xffffffffUL)]
    [InlineData(5UL, 64, 0xfffffff0u, 0UL)]
    [InlineData(0UL, 64, 0x00000001u, 1UL)]
    [InlineData(0xffffffff_fffffff0UL, 64, 0x00000001u, 0UL)]
    [InlineData(0x2_0000_0000UL, 1, 0x00000000u, 0x2_0000_0000UL)]
    [InlineData(0x2_0000_0000UL, 1, 0xffffffffu, 0x2_ffff_ffffUL)]
    public void The_edges_of_appendix_A2(ulong top, int size, uint low, ulong expected)
    {
        ReplayWindow window = new(size, extended: true);
        if (top > 0) window.Accept(top);
        Assert.Equal(expected != 0, window.TryInfer(low, out ulong inferred));
        if (expected != 0) Assert.Equal(expected, inferred);
    }

    [Fact]
    public void One_that_goes_on_where_another_was_knows_what_that_knew() =>
        Gen.Select(Gen.Int[1, 4096], Gen.Bool, Gen.ULong[1, 20_000].Array[1, 200]).Sample((size, extended, numbers) =>
        {
            ReplayWindow window = new(size, extended), next = new(size, extended), other = new(size, extended);
            foreach (ulong number in numbers.Where(window.IsNew)) window.Accept(number);
            next.Resume(window.Top, window.Words);
            other.Resume(window.Top, [1, 2, 3]);
            Assert.Equal(window.Top, next.Top);
            for (ulong number = 1; number < 26_000; number += 3)
            {
                Assert.Equal(window.IsNew(number), next.IsNew(number));
                Assert.Equal(number > window.Top, other.IsNew(number));
            }

            // What comes after is taken once by each, and in any order.
            foreach (ulong number in new[] { window.Top + 2, window.Top + 1, window.Top + 70 })
            {
                foreach (ReplayWindow one in new[] { next, other })
                {
                    if (!one.IsNew(number)) Assert.Equal(1, size);
                    else one.Accept(number);
                    Assert.False(one.IsNew(number));
                }
            }
        });

    [Fact]
    public void One_whose_window_is_lost_takes_all_that_lies_behind_for_seen_and_nothing_ahead() =>
        Gen.Select(Gen.Int[1, 4096], Gen.Bool, Gen.ULong[0, 1UL << 31]).Sample((size, extended, received) =>
        {
            ReplayWindow window = new(size, extended);
            SaProgress resumed = SaProgress.Resumed(received, 0, extended, 0);
            window.Resume(resumed.Received, resumed.Window);
            for (ulong back = 0; back < 5000 && back <= received; back += 7) Assert.False(window.IsNew(received - back));
            foreach (ulong ahead in new[] { 2UL, 1UL, 70UL, 5000UL })
            {
                if (size == 1 && ahead == 1) continue;
                Assert.True(window.IsNew(received + ahead));
                window.Accept(received + ahead);
                Assert.False(window.IsNew(received + ahead));
            }
        });

    [Fact]
    public void Without_a_window_nothing_is_a_replay()
    {
        ReplayWindow window = new(0, extended: false);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(window.IsNew(5));
            window.Accept(5);
        }

        Assert.True(window.IsNew(0));
    }
}
