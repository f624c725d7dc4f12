using System.Numerics;

namespace Concentrator.Kernel;

/// <summary>Policy priorities such that the more exact selector wins; the kernel takes the lowest number.</summary>
public static class PolicyPriority
{
    private const uint Base = 400_000;
    private const uint PerPrefixBit = 512;
    private const uint ForProtocol = 256;
    private const uint PerPortBit = 4;
    private const uint BehindChildren = 200_000;

    /// <summary>Between 137,000 and 400,000: room stays below for bypass policies.</summary>
    public static uint Of(XfrmSelector selector)
    {
        uint prefixes = (uint)(selector.Source.PrefixLength + selector.Destination.PrefixLength);
        uint ports = (uint)(BitOperations.PopCount(selector.SourcePortMask) + BitOperations.PopCount(selector.DestinationPortMask));
        return Base - PerPrefixBit * prefixes - (selector.Protocol != 0 ? ForProtocol : 0) - PerPortBit * ports;
    }

    /// <summary>Any child's policy comes before any trap: between 337,000 and 600,000.</summary>
    public static uint OfTrap(XfrmSelector selector) => Of(selector) + BehindChildren;
}
