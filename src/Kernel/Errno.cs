namespace Concentrator.Kernel;

/// <summary>The errno values that XFRM answers with (asm-generic/errno.h), and their names and texts.</summary>
public static class Errno
{
    public const int Ok = 0;
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EINVAL = 22;
    public const int ERANGE = 34;
    public const int ENOSYS = 38;
    public const int EPROTONOSUPPORT = 93;
    public const int EOPNOTSUPP = 95;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENOBUFS = 105;
    public const int ETIMEDOUT = 110;

    private static readonly Dictionary<int, (string Name, string Text)> Known = new()
    {
        [EPERM] = ("EPERM", "Operation not permitted"),
        [ENOENT] = ("ENOENT", "No such file or directory"),
        [ESRCH] = ("ESRCH", "No such process"),
        [EINTR] = ("EINTR", "Interrupted system call"),
        [EAGAIN] = ("EAGAIN", "Resource temporarily unavailable"),
        [ENOMEM] = ("ENOMEM", "Cannot allocate memory"),
        [EACCES] = ("EACCES", "Permission denied"),
        [EBUSY] = ("EBUSY", "Device or resource busy"),
        [EEXIST] = ("EEXIST", "File exists"),
        [EINVAL] = ("EINVAL", "Invalid argument"),
        [ERANGE] = ("ERANGE", "Numerical result out of range"),
        [ENOSYS] = ("ENOSYS", "Function not implemented"),
        [EPROTONOSUPPORT] = ("EPROTONOSUPPORT", "Protocol not supported"),
        [EOPNOTSUPP] = ("EOPNOTSUPP", "Operation not supported"),
        [EADDRINUSE] = ("EADDRINUSE", "Address already in use"),
        [EADDRNOTAVAIL] = ("EADDRNOTAVAIL", "Cannot assign requested address"),
        [100] = ("ENETDOWN", "Network is down"),
        [101] = ("ENETUNREACH", "Network is unreachable"),
        [111] = ("ECONNREFUSED", "Connection refused"),
        [113] = ("EHOSTUNREACH", "No route to host"),
        [90] = ("EMSGSIZE", "Message too long"),
        [ENOBUFS] = ("ENOBUFS", "No buffer space available"),
        [ETIMEDOUT] = ("ETIMEDOUT", "Connection timed out"),
    };

    /// <summary><c>EPROTONOSUPPORT</c>; <c>errno 200</c> where the number is not one XFRM is known to answer with.</summary>
    public static string NameOf(int errno) => Known.TryGetValue(errno, out var entry) ? entry.Name : $"errno {errno}";

    /// <summary><c>Protocol not supported</c>.</summary>
    public static string TextOf(int errno) => Known.TryGetValue(errno, out var entry) ? entry.Text : $"error {errno}";
}
