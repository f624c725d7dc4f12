
namespace Concentrator.Kernel;

/// <summary>What a person can do about a refusal.</summary>
public static class RefusalHints
{
    /// <param name="step">What the kernel was asked for.</param>
    /// <param name="errno">What it said.</param>
    /// <param name="algorithms">Those of the SA, by the kernel's names; empty for what has none.</param>
    public static string For(XfrmStep step, int errno, string algorithms) => errno switch
    {
        Errno.EPROTONOSUPPORT => "no ESP support in this kernel: modprobe esp4 esp6 (CONFIG_INET_ESP, CONFIG_INET6_ESP)",
        Errno.ENOSYS => $"this kernel lacks the algorithm {algorithms}: {ModuleFor(algorithms)}, or propose another",
        Errno.ENOENT when step == XfrmStep.Spi => "the SPI range is used up",
        Errno.ENOENT => $"this kernel lacks the algorithm {algorithms}: {ModuleFor(algorithms)}, or propose another",
        Errno.EINVAL when algorithms.Length > 0 => $"this kernel does not take {algorithms} in this form: check key size, mode and addresses, or propose another",
        Errno.EINVAL => "the kernel finds an address, prefix or mode in it that it cannot take: check the traffic selectors",
        Errno.EPERM or Errno.EACCES => "this process may not change XFRM: run as root or give it CAP_NET_ADMIN (setcap cap_net_admin+ep)",
        Errno.EEXIST when algorithms.Length > 0 => "an SA with this SPI is there already: another IKE daemon on this host? Another SPI is drawn for the next try",
        Errno.EEXIST => "another program owns a policy with these selectors: ip xfrm policy shows it",
        Errno.ESRCH => "the SA that was reserved is gone: net.core.xfrm_acq_expires may be too short",
        Errno.ENOMEM or Errno.ENOBUFS => "the kernel is out of memory or buffers: it is tried again",
        Errno.EBUSY or Errno.EAGAIN or Errno.EINTR => "the kernel is busy: it is tried again",
        Errno.ETIMEDOUT => "the kernel did not answer in time: it is tried again once the tables are cleaned",
        _ => "see dmesg and ip -s xfrm state",
    };

    private static string ModuleFor(string algorithms) => algorithms switch
    {
        _ when algorithms.Contains("gcm", StringComparison.Ordinal) => "modprobe gcm (CONFIG_CRYPTO_GCM)",
        _ when algorithms.Contains("rfc7539", StringComparison.Ordinal) => "modprobe chacha20poly1305 (CONFIG_CRYPTO_CHACHA20POLY1305)",
        _ when algorithms.Contains("cbc", StringComparison.Ordinal) => "modprobe cbc hmac (CONFIG_CRYPTO_CBC, CONFIG_CRYPTO_HMAC)",
        _ => "load its module",
    };
}
