using System.Reflection;
using Concentrator.Ike.Registries;
using Concentrator.Kernel;
using Xunit.Sdk;
using Xunit.v3;

namespace Concentrator.Actors.Tests.ChildSa;

/// <summary>Every cause of a refusal in every exchange that makes a child.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialCausesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. from cause in Enum.GetValues<RefusalCause>()
                from exchange in new[] { ExchangeType.IkeAuth, ExchangeType.CreateChildSa }
                select new TheoryDataRow(cause, exchange)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
