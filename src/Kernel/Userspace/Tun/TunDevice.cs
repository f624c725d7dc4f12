using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel.Userspace;

// struct ifreq { char name[16]; union { short flags; int ifindex; int mtu; int qlen; char room[24]; }; }

/// <summary>
/// A TUN device of the calling thread's network namespace: IP packets that are routed to it are read here, what is written here has come in by it. It
/// goes with the process, whatever its end. <see cref="Read"/> belongs to one thread, <see cref="Write"/> may be called from any.
/// </summary>
internal sealed unsafe class TunDevice : IDisposable
{
    private const string Path = "/dev/net/tun";
    private const int RequestSize = 40;
    private const int NameSize = 16;
    private const int QueueLength = 1000;
    private static readonly int[] Missing = [Errno.ENOENT, 6 /* ENXIO */, 19 /* ENODEV */];

    private readonly int _descriptor;
    private int _isDisposed;

    private TunDevice(int descriptor) => _descriptor = descriptor;

    public string Name { get; private set; } = "";

    public int Index { get; private set; }

    public int Mtu { get; private set; }

    /// <summary>Makes a device and sets it up.</summary>
    /// <param name="name">With %d, for which the kernel puts a number.</param>
    /// <param name="mtu">Octets of the largest IP packet.</param>
    /// <exception cref="XfrmException">There is no TUN device or no right to one; the message says what to do.</exception>
    public static TunDevice Open(string name, int mtu)
    {
        int descriptor;
        fixed (byte* path = Encoding.ASCII.GetBytes(Path + '\0')) descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0) throw Refused(errno);
        var device = new TunDevice(descriptor) { Mtu = mtu };
        try
        {
            device.Create(name);
            device.SetUp(mtu);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>The length of the next packet, or minus the errno; EAGAIN when there is none.</summary>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            long length = read(_descriptor, start, buffer.Length);
            return length < 0 ? -errno : (int)length;
        }
    }

    /// <summary>False when the device did not take the packet.</summary>
    public bool Write(ReadOnlySpan<byte> packet)
    {
        fixed (byte* start = packet) return write(_descriptor, start, packet.Length) == packet.Length;
    }

    /// <summary>Waits for a packet or for <paramref name="wake"/>; says which.</summary>
    public bool Wait(int wake, out bool isWoken)
    {
        pollfd* waits = stackalloc pollfd[2];
        waits[0] = new pollfd { fd = _descriptor, events = POLLIN };
        waits[1] = new pollfd { fd = wake, events = POLLIN };
        int ready = poll(waits, 2, -1);
        isWoken = ready > 0 && waits[1].revents != 0;
        return ready > 0 && waits[0].revents != 0;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _ = close(_descriptor);
    }

    private void Create(string name)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request);
        MemoryMarshal.Write(request[NameSize..], (ushort)(Constants.IFF_TUN | Constants.IFF_NO_PI));
        int error = Control(_descriptor, Constants.TUNSETIFF, request);
        if (error != 0) throw Refused(error);
        Name = Encoding.ASCII.GetString(request[..request.IndexOf((byte)0)]);
    }

    private void SetUp(int mtu)
    {
        int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (any < 0) any = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (any < 0) throw Refused(errno);
        try
        {
            Index = Ask(any, Constants.SIOCGIFINDEX, 0);
            Ask(any, Constants.SIOCSIFMTU, mtu);
            Ask(any, Constants.SIOCSIFTXQLEN, QueueLength);
            Ask(any, Constants.SIOCSIFFLAGS, (int)Constants.IFF_UP);
        }
        finally
        {
            _ = close(any);
        }
    }

    /// <summary>An ioctl about this device with a number, which the kernel may change.</summary>
    private int Ask(int socket, uint what, int value)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.ASCII.GetBytes(Name, request);
        MemoryMarshal.Write(request[NameSize..], value);
        int error = Control(socket, what, request);
        return error == 0 ? MemoryMarshal.Read<int>(request[NameSize..]) : throw Refused(error);
    }

    private static int Control(int descriptor, uint what, Span<byte> request)
    {
        fixed (byte* start = request) return ioctl(descriptor, what, start) == 0 ? 0 : errno;
    }

    private static XfrmException Refused(int error) => new(error, error switch
    {
        Errno.EPERM or Errno.EACCES => "no right to make a TUN device: run as root, or give the program CAP_NET_ADMIN (setcap cap_net_admin+ep)",
        _ when Missing.Contains(error) => $"no {Path}: modprobe tun, or give the container the device (--device {Path})",
        _ => $"cannot make a TUN device: {Errno.TextOf(error)} ({Errno.NameOf(error)})",
    });

#pragma warning disable IDE1006 // C names
    [DllImport("libc", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(int fd, nuint request, byte* argument);
#pragma warning restore IDE1006
}
