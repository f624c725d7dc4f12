using System.Reflection;
using Concentrator.Ike.Crypto.BouncyCastle;
using Concentrator.Ike.Crypto.Groups;
using Concentrator.Ike.Crypto.Native;
using Xunit.Sdk;
using Xunit.v3;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The providers of key exchange on this machine, by name.</summary>
internal static class Providers
{
    internal static IReadOnlyList<IKeyExchangeProvider> All { get; } =
        LibCrypto.IsAvailable ? [LibCryptoProvider.Instance, BouncyCastleProvider.Instance] : [BouncyCastleProvider.Instance];

    internal static IKeyExchangeProvider Named(string name) => All.Single(provider => provider.Name == name);
}

/// <summary>One row per provider: its name, then the given values.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CombinedWithProvidersAttribute(params object[] values) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Providers.All.Select(provider => new TheoryDataRow([provider.Name, .. values]))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
