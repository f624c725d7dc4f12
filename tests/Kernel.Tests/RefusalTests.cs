namespace Concentrator.Kernel.Tests;

/// <summary>What an errno means, and what a person is told to do about it.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, RefusalCause.Permanent)]
    [InlineData(XfrmStep.OutboundSa, Errno.ENOSYS, RefusalCause.Permanent)]
    [InlineData(XfrmStep.InboundSa, Errno.ENOENT, RefusalCause.Permanent)]
    [InlineData(XfrmStep.InboundSa, Errno.EINVAL, RefusalCause.Permanent)]
    [InlineData(XfrmStep.OutboundPolicy, Errno.EINVAL, RefusalCause.Policy)]
    [InlineData(XfrmStep.ForwardPolicy, Errno.EEXIST, RefusalCause.Policy)]
    [InlineData(XfrmStep.InboundPolicy, Errno.ENOMEM, RefusalCause.Transient)]
    [InlineData(XfrmStep.InboundSa, Errno.ENOBUFS, RefusalCause.Transient)]
    [InlineData(XfrmStep.OutboundSa, Errno.EBUSY, RefusalCause.Transient)]
    [InlineData(XfrmStep.OutboundSa, Errno.ETIMEDOUT, RefusalCause.Transient)]
    [InlineData(XfrmStep.InboundSa, Errno.EEXIST, RefusalCause.Transient)]
    [InlineData(XfrmStep.Spi, Errno.ENOENT, RefusalCause.Transient)]
    [InlineData(XfrmStep.InboundPolicy, Errno.EPERM, RefusalCause.Permanent)]
    public void Causes(XfrmStep step, int error, RefusalCause cause) => Assert.Equal(cause, Refusal.CauseOf(step, error));

    [Fact]
    public void A_refusal_reads_as_one_sentence_with_a_remedy()
    {
        using MemoryXfrmBackend backend = new();
        backend.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "Requested type not found");
        XfrmTables tables = new(backend, new XfrmTablesOptions());
        SpiResult spi = tables.ReserveSpi("child", Samples.Peer, Samples.Us, XfrmMode.Tunnel, 1, default);
        Assert.Equal(
            "inbound SA refused: Protocol not supported (EPROTONOSUPPORT 93, \"Requested type not found\"): "
            + "no ESP support in this kernel: modprobe esp4 esp6 (CONFIG_INET_ESP, CONFIG_INET6_ESP)",
            tables.Install(Samples.Child("child", spi.Spi)).Refusal!.ToString());
    }

    [Fact]
    public void The_more_exact_selector_has_the_lower_priority_number()
    {
        XfrmSelector wide = new(System.Net.IPNetwork.Parse("10.0.0.0/8"), System.Net.IPNetwork.Parse("0.0.0.0/0"));
        XfrmSelector narrow = wide with { Source = System.Net.IPNetwork.Parse("10.1.0.0/16") };
        XfrmSelector tcp = narrow with { Protocol = 6 };
        XfrmSelector web = tcp with { DestinationPort = 443, DestinationPortMask = 0xffff };
        uint[] priorities = [PolicyPriority.Of(web), PolicyPriority.Of(tcp), PolicyPriority.Of(narrow), PolicyPriority.Of(wide)];
        Assert.Equal(priorities.Order(), priorities);
        Assert.Equal(4, priorities.Distinct().Count());
    }

    [Fact]
    public void Nothing_that_is_printed_holds_a_key()
    {
        byte[] key = [.. Enumerable.Repeat((byte)0xab, 36)];
        SaSpec sa = Samples.Sa(XfrmDirection.In, 1, algorithms: EspAlgorithms.ChaCha20Poly1305(key));
        foreach (string text in new[] { sa.ToString(), new AddSa(sa).ToString(), new XfrmCall(new AddSa(sa), default).ToString(), KernelCall.Of(new AddSa(sa), default).ToString() })
        {
            Assert.DoesNotContain("abab", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("171", text, StringComparison.Ordinal);
        }
    }
}
