using System.Net;
using System.Net.Sockets;
using Concentrator.Kernel.Native;
using Concentrator.Kernel.Netlink;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel;

/// <summary>
/// A UDP socket for IKE: it knows the local address of each datagram, sends from the address it is told, and reads many datagrams in one system
/// call. <see cref="Run"/> belongs to one thread; <see cref="Send"/> and <see cref="Stop"/> may be called from any.
/// </summary>
public sealed unsafe partial class UdpSocket : IDisposable
{
    private const int LargeBuffer = 4 << 20;

    private readonly int _descriptor;
    private readonly int _stop;
    private readonly bool _isIpv6;
    private readonly List<string> _warnings = [];
    private int _disposed;

    private UdpSocket(int descriptor, bool isIpv6)
    {
        _descriptor = descriptor;
        _isIpv6 = isIpv6;
        _stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }

    /// <summary>What was asked for and could not be had; the socket works without.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Where it is bound; the port is a true one even if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>Binds to one address of one family, wildcards included; an IPv6 socket takes no IPv4.</summary>
    /// <exception cref="SocketException">The address is in use, not here, or the port is not for this user; its ErrorCode is the errno.</exception>
    public static UdpSocket Bind(IPEndPoint local, UdpSocketOptions options)
    {
        bool isIpv6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        int descriptor = socket(isIpv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) throw new SocketException(errno);
        var bound = new UdpSocket(descriptor, isIpv6);
        try
        {
            bound.Prepare(options);
            bound.BindTo(local);
            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    private void Prepare(UdpSocketOptions options)
    {
        int one = 1, large = LargeBuffer;
        // No "do not fragment": a router with a smaller link cuts IKE_SA_INIT, which IKE may not cut itself, instead of dropping it, and nobody forges our path MTU.
        int dont = IP_PMTUDISC_DONT;
        _ = setsockopt(_descriptor, SOL_SOCKET, SO_RCVBUF, &large, sizeof(int));
        if (_isIpv6)
        {
            Insist(setsockopt(_descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(int)));
            Insist(setsockopt(_descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(int)));
            Insist(setsockopt(_descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &dont, sizeof(int)));
        }
        else
        {
            Insist(setsockopt(_descriptor, IPPROTO_IP, IP_PKTINFO, &one, sizeof(int)));
            Insist(setsockopt(_descriptor, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(int)));
        }

        if (options.CarriesEsp) PrepareForEsp();
        uint mark = options.Mark;
        if (mark != 0 && setsockopt(_descriptor, SOL_SOCKET, SO_MARK, &mark, sizeof(uint)) != 0)
            Warn("SO_MARK", "what this socket sends may be routed into a tunnel");
        if (options.XfrmBypass)
        {
            Bypass(Constants.XFRM_POLICY_IN);
            Bypass(Constants.XFRM_POLICY_OUT);
        }

        int espInUdp = Constants.UDP_ENCAP_ESPINUDP;
        if (options.UdpEncapsulation && setsockopt(_descriptor, Constants.SOL_UDP, Constants.UDP_ENCAP, &espInUdp, sizeof(int)) != 0)
            Warn("UDP_ENCAP", "ESP in UDP does not reach the kernel on this socket");
    }

    /// <summary>The path's MTU is the device's affair; what is too large for the path all the same goes in fragments.</summary>
    private void PrepareForEsp()
    {
        int one = 1, large = LargeBuffer, fragment = IP_PMTUDISC_DONT;
        // Beyond net.core.rmem_max, for who may.
        _ = setsockopt(_descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &large, sizeof(int));
        _ = setsockopt(_descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof(int));
        if (_isIpv6)
        {
            Insist(setsockopt(_descriptor, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(int)));
            Insist(setsockopt(_descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &fragment, sizeof(int)));
        }
        else
        {
            Insist(setsockopt(_descriptor, IPPROTO_IP, IP_RECVTOS, &one, sizeof(int)));
            Insist(setsockopt(_descriptor, IPPROTO_IP, IP_MTU_DISCOVER, &fragment, sizeof(int)));
        }
    }

    /// <summary>A policy of the socket's own that allows what it sends and receives, whatever the host's policies are.</summary>
    private void Bypass(byte direction)
    {
        var policy = new xfrm_userpolicy_info
        {
            sel = new Native.xfrm_selector { family = _isIpv6 ? Constants.AF_INET6 : Constants.AF_INET },
            lft = SaWriter.LifetimeOf(new SaLifetime()),
            dir = direction,
        };
        int level = _isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP;
        int option = _isIpv6 ? IPV6_XFRM_POLICY : IP_XFRM_POLICY;
        if (setsockopt(_descriptor, level, option, &policy, sizeof(xfrm_userpolicy_info)) != 0)
            Warn("IP_XFRM_POLICY", "IPsec policies of this host may catch IKE packets");
    }

    private void Warn(string option, string consequence)
    {
        int error = errno;
        string remedy = error == Errno.EPERM ? " (needs CAP_NET_ADMIN)" : "";
        _warnings.Add($"{option}: {Errno.TextOf(error)}{remedy}; {consequence}");
    }

    private void BindTo(IPEndPoint local)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.Size];
        int length = SocketAddresses.Write(UdpEndpoint.From(local), address);
        fixed (byte* start = address) Insist(bind(_descriptor, (sockaddr*)start, length));

        socklen_t size = SocketAddresses.Size;
        fixed (byte* start = address) Insist(getsockname(_descriptor, (sockaddr*)start, &size));
        LocalEndPoint = SocketAddresses.Read(address).ToIPEndPoint();
    }

    private static void Insist(int result)
    {
        if (result != 0) throw new SocketException(errno);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Stop();
        _ = close(_descriptor);
        _ = close(_stop);
    }
}
