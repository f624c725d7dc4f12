using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Kernel;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.ChildSa;

public class ChildSaMachineTests
{
    private const uint Spi = 0xc0000001;
    private static readonly ReserveSpi Reserve = new(Samples.Local.Address, Samples.Remote.Address);
    private static readonly KernelRefusal Refusal = new(new Refusal(XfrmStep.InboundSa, Errno.ENOMEM, "", "", RefusalCause.Transient, ""));

    [Fact]
    public void An_initiators_life_reads_reserve_install_remove()
    {
        using ChildSaMachine machine = Machine(isInitiator: true);

        Assert.IsType<GetSpi>(Asked(machine.Handle(Reserve)));
        Assert.Equal(new SpiReserved(1, Spi), Told(machine.Handle(new SpiAllocated(Spi))));
        Assert.Equal(Spi, Assert.IsType<InstallSas>(Asked(machine.Handle(new InstallChild(Samples.Parameters())))).InboundSpi);
        Assert.Equal(ChildSaState.Installing, machine.State);
        Assert.Equal(new ChildInstalled(1, Spi), Told(machine.Handle(new SasInstalled())));
        Assert.Equal(ChildSaState.Installed, machine.State);
        Assert.IsType<RemoveSas>(Asked(machine.Handle(new RemoveChild("over"))));
        Assert.Equal(ChildSaState.Deleting, machine.State);
        Assert.Equal(new ChildRemoved(1), Told(machine.Handle(new SasRemoved())));
        Assert.Equal(ChildSaState.Destroying, machine.State);
    }

    // Step a of the seed: the responder's SPI comes first, then the installation, and only then the peer is told.
    [Fact]
    public void A_responder_reserves_its_spi_when_it_is_told_to_install()
    {
        using ChildSaMachine machine = Machine(isInitiator: false);

        Assert.IsType<GetSpi>(Asked(machine.Handle(new InstallChild(Samples.Parameters()))));
        IReadOnlyList<ChildEffect> granted = machine.Handle(new SpiAllocated(Spi));
        Assert.IsType<InstallSas>(Asked(granted));
        Assert.DoesNotContain(granted, effect => effect is TellIkeSa);
        Assert.Equal(new ChildInstalled(1, Spi), Told(machine.Handle(new SasInstalled())));
    }

    [Fact]
    public void A_refused_installation_ends_it_with_a_verdict()
    {
        using ChildSaMachine machine = Reserved();
        machine.Handle(new InstallChild(Samples.Parameters()));

        IReadOnlyList<ChildEffect> effects = machine.Handle(Refusal);

        Assert.Equal(Spi, Assert.IsType<ChildRefused>(Told(effects)).Verdict.DeleteSpi);
        Assert.IsType<Finished>(effects[^1]);
        Assert.Equal(ChildSaState.Destroying, machine.State);
    }

    [Fact]
    public void An_initiator_whose_spi_is_refused_deletes_nothing_at_the_peer()
    {
        using ChildSaMachine machine = Machine(isInitiator: true);
        machine.Handle(Reserve);

        Assert.Null(Assert.IsType<ChildRefused>(Told(machine.Handle(Refusal))).Verdict.DeleteSpi);
    }

    [Fact]
    public void Silence_counts_as_a_passing_refusal()
    {
        using ChildSaMachine machine = Reserved();
        machine.Handle(new InstallChild(Samples.Parameters()));

        RefusalVerdict verdict = Assert.IsType<ChildRefused>(Told(machine.Handle(new KernelSilent()))).Verdict;

        Assert.Equal((Spi, RetryAdvice.BackOff), (verdict.DeleteSpi, verdict.Retry));
    }

    [Fact]
    public void Silence_about_a_removal_does_not_hold_up_the_ike_sa()
    {
        using ChildSaMachine machine = Reserved();
        machine.Handle(new RemoveChild("over"));

        Assert.Equal(new ChildRemoved(1), Told(machine.Handle(new KernelSilent())));
    }

    // Row S4: CREATED => DESTROYING, then the SPI is given back.
    [Fact]
    public void A_child_that_only_has_an_spi_gives_it_back()
    {
        using ChildSaMachine machine = Reserved();
        IReadOnlyList<ChildEffect> effects = machine.Handle(new RemoveChild("AUTHENTICATION_FAILED"));

        Assert.Equal(new StateStep(ChildSaState.Created, ChildSaState.Destroying), effects[0]);
        Assert.IsType<RemoveSas>(Asked(effects));
    }

    [Fact]
    public void A_child_that_has_nothing_is_gone_at_once()
    {
        using ChildSaMachine machine = Machine(isInitiator: true);
        IReadOnlyList<ChildEffect> effects = machine.Handle(new RemoveChild("over"));

        Assert.Equal(new ChildRemoved(1), Told(effects));
        Assert.DoesNotContain(effects, effect => effect is AskKernel);
    }

    [Fact]
    public void A_reply_that_nobody_awaits_changes_nothing()
    {
        using ChildSaMachine machine = Reserved();

        Assert.Empty(machine.Handle(new SasInstalled()));
        Assert.Empty(machine.Handle(new SasRemoved()));
        Assert.Equal(ChildSaState.Created, machine.State);
    }

    [Fact]
    public void While_it_awaits_the_kernel_it_takes_no_command()
    {
        using ChildSaMachine machine = Machine(isInitiator: true);
        machine.Handle(Reserve);

        Assert.Throws<InvalidOperationException>(() => machine.Handle(new RemoveChild("over")));
    }

    [Fact]
    public void Keys_that_were_never_handed_on_are_zeroed_with_it()
    {
        ChildSaParameters parameters = Samples.Parameters();
        ChildSaMachine machine = Machine(isInitiator: false);
        machine.Handle(new InstallChild(parameters));
        machine.Dispose();

        Assert.Throws<ObjectDisposedException>(() => parameters.Keys.EncryptionInitiator.Span.Length);
    }

    private static ChildSaMachine Machine(bool isInitiator) => new(Samples.Plan(isInitiator), 9, () => true);

    private static ChildSaMachine Reserved()
    {
        ChildSaMachine machine = Machine(isInitiator: true);
        machine.Handle(Reserve);
        machine.Handle(new SpiAllocated(Spi));
        return machine;
    }

    private static KernelRequest Asked(IReadOnlyList<ChildEffect> effects) => Assert.Single(effects.OfType<AskKernel>()).Request;

    private static ChildReport Told(IReadOnlyList<ChildEffect> effects) => Assert.Single(effects.OfType<TellIkeSa>()).Report;
}
