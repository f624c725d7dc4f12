using System.Reflection;
using NetArchTest.Rules;

namespace Concentrator.Tests;

/// <summary>Which room may know which: Ike and Kernel know nobody, Actors knows both, the host knows Actors.</summary>
public sealed class RoomTests
{
    private static readonly Assembly Ike = typeof(Concentrator.Ike.Secret).Assembly;
    private static readonly Assembly Kernel = typeof(Concentrator.Kernel.IXfrmBackend).Assembly;

    [Theory]
    [InlineData("Concentrator.Kernel")]
    [InlineData("Concentrator.Actors")]
    [InlineData("Akka")]
    [InlineData("System.Net.Sockets.Socket")]
    [InlineData("System.Threading.Tasks.Task")]
    [InlineData("System.Diagnostics.Stopwatch")]
    public void The_core_knows_nothing_of(string other) => AssertIndependent(Ike, other);

    [Theory]
    [InlineData("Concentrator.Ike")]
    [InlineData("Concentrator.Actors")]
    [InlineData("Akka")]
    public void The_kernel_room_knows_nothing_of(string other) => AssertIndependent(Kernel, other);

    private static void AssertIndependent(Assembly assembly, string other)
    {
        NetArchTest.Rules.TestResult result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOn(other).GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}
