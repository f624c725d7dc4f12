using Concentrator.Actors.ChildSa;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.ChildSa;

/// <summary>The table of notifies, cell by cell: cause, exchange, rekey.</summary>
public class RefusalPolicyTests
{
    private const uint OurSpi = 0xc01e421a;

    [Theory]
    [InlineData(RefusalCause.Permanent, ExchangeType.IkeAuth, false, NotifyType.NoProposalChosen)]
    [InlineData(RefusalCause.Permanent, ExchangeType.CreateChildSa, false, NotifyType.NoProposalChosen)]
    [InlineData(RefusalCause.Permanent, ExchangeType.CreateChildSa, true, NotifyType.NoProposalChosen)]
    [InlineData(RefusalCause.Policy, ExchangeType.IkeAuth, false, NotifyType.TsUnacceptable)]
    [InlineData(RefusalCause.Policy, ExchangeType.CreateChildSa, false, NotifyType.TsUnacceptable)]
    [InlineData(RefusalCause.Policy, ExchangeType.CreateChildSa, true, NotifyType.TsUnacceptable)]
    [InlineData(RefusalCause.Transient, ExchangeType.IkeAuth, false, NotifyType.NoProposalChosen)]
    [InlineData(RefusalCause.Transient, ExchangeType.CreateChildSa, false, NotifyType.TemporaryFailure)]
    [InlineData(RefusalCause.Transient, ExchangeType.CreateChildSa, true, NotifyType.TemporaryFailure)]
    [InlineData(RefusalCause.Limit, ExchangeType.IkeAuth, false, NotifyType.NoAdditionalSas)]
    [InlineData(RefusalCause.Limit, ExchangeType.CreateChildSa, false, NotifyType.NoAdditionalSas)]
    [InlineData(RefusalCause.Limit, ExchangeType.CreateChildSa, true, NotifyType.TemporaryFailure)]
    public void A_responder_answers_with_a_notify_and_deletes_nothing(RefusalCause cause, ExchangeType exchange, bool isRekey, NotifyType notify)
    {
        ChildPlan plan = Samples.Plan(isInitiator: false, exchange, isRekey ? 7u : null);
        RefusalVerdict verdict = RefusalPolicy.Decide(cause, plan, OurSpi, anotherProposalRemains: true);

        Assert.Equal(notify, verdict.Notify);
        Assert.Null(verdict.DeleteSpi);
    }

    [Theory]
    [CombinatorialCauses]
    public void An_initiator_deletes_its_own_spi_once_the_peer_knows_it(RefusalCause cause, ExchangeType exchange)
    {
        RefusalVerdict verdict = RefusalPolicy.Decide(cause, Samples.Plan(isInitiator: true, exchange), OurSpi, anotherProposalRemains: true);

        Assert.Null(verdict.Notify);
        Assert.Equal(OurSpi, verdict.DeleteSpi);
    }

    [Theory]
    [CombinatorialCauses]
    public void An_initiator_that_has_sent_nothing_tells_nobody(RefusalCause cause, ExchangeType exchange)
    {
        RefusalVerdict verdict = RefusalPolicy.Decide(cause, Samples.Plan(isInitiator: true, exchange), null, anotherProposalRemains: true);

        Assert.Equal((null, null), (verdict.Notify, verdict.DeleteSpi));
    }

    [Theory]
    [InlineData(RefusalCause.Permanent, false, RetryAdvice.WhenKernelRecovers)]
    [InlineData(RefusalCause.Permanent, true, RetryAdvice.BackOff)]
    [InlineData(RefusalCause.Policy, false, RetryAdvice.BackOff)]
    [InlineData(RefusalCause.Transient, false, RetryAdvice.BackOff)]
    [InlineData(RefusalCause.Limit, false, RetryAdvice.BackOff)]
    public void Only_what_cannot_get_better_by_itself_waits_for_the_kernel(RefusalCause cause, bool anotherRemains, RetryAdvice retry) =>
        Assert.Equal(retry, RefusalPolicy.Decide(cause, Samples.Plan(isInitiator: true), OurSpi, anotherRemains).Retry);
}
