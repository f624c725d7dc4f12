using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;
using static Tmds.Linux.LibC;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// The thread that reads packets from the device, has them protected and sends them, many in one system call. Between two packets it takes no
/// memory. <see cref="Dispose"/> ends it at once.
/// </summary>
internal sealed unsafe class OutboundLoop : IDisposable
{
    private const int Slots = UdpSendBatch.Size;

    private readonly EspEngine _engine;
    private readonly TunDevice _device;
    private readonly EspPorts _ports;
    private readonly int _wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    private readonly int _slotSize;
    private readonly byte* _memory;
    private readonly Thread _thread;
    private volatile bool _isStopping;

    public OutboundLoop(EspEngine engine, TunDevice device, EspPorts ports)
    {
        _engine = engine;
        _device = device;
        _ports = ports;
        _slotSize = (EspTransform.LargestFront + device.Mtu + EspTransform.LargestBack + 63) & ~63;
        _memory = (byte*)NativeMemory.Alloc(Slots, (nuint)_slotSize);
        _engine.HeldPacketsDue += Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = $"esp {device.Name}" };
        _thread.Start();
    }

    public void Dispose()
    {
        _engine.HeldPacketsDue -= Wake;
        _isStopping = true;
        Wake();
        _thread.Join();
        _ = close(_wake);
        NativeMemory.Free(_memory);
    }

    private void Wake()
    {
        ulong one = 1;
        _ = write(_wake, &one, sizeof(ulong));
    }

    private void Run()
    {
        while (!_isStopping)
        {
            bool isReadable = _device.Wait(_wake, out bool isWoken);
            if (isWoken)
            {
                ulong count;
                _ = read(_wake, &count, sizeof(ulong));
                SendHeld();
            }

            if (isReadable) SendRead();
        }
    }

    /// <summary>As many as there are slots; then the poll, which also sees that it is to end.</summary>
    private void SendRead()
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            Span<byte> buffer = Slot(slot);
            int length = _device.Read(buffer[EspTransform.LargestFront..^EspTransform.LargestBack]);
            if (length <= 0) break;
            if (_engine.Send(buffer, EspTransform.LargestFront, length, out ProtectedPacket packet) == EspVerdict.Delivered) _ports.Add(buffer, packet);
        }

        _ports.Flush();
    }

    /// <summary>Each that is held now has one try; who finds no SA yet is held on.</summary>
    private void SendHeld()
    {
        int slot = 0;
        for (int left = _engine.HeldCount; left > 0; left--)
        {
            Span<byte> buffer = Slot(slot);
            if (!_engine.TakeHeld(buffer, EspTransform.LargestFront, out EspVerdict verdict, out ProtectedPacket packet)) break;
            if (verdict != EspVerdict.Delivered) continue;
            _ports.Add(buffer, packet);
            if (++slot < Slots) continue;
            _ports.Flush();
            slot = 0;
        }

        _ports.Flush();
    }

    private Span<byte> Slot(int slot) => new(_memory + slot * (long)_slotSize, _slotSize);
}
