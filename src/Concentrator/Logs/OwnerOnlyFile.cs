namespace Concentrator.Logs;

/// <summary>A file that grows and that its owner alone may read: never readable by others, not for a moment.</summary>
internal static class OwnerOnlyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Opened at its end; made where there is none.</summary>
    /// <exception cref="IOException">Others may read it, or it cannot be opened; the message says which.</exception>
    public static FileStream Append(string path)
    {
        try
        {
            FileStream file = new(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = OwnerOnly });
            if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) == 0) return file;
            file.Dispose();
            throw new IOException($"{path} may be read by others: chmod 600, or move it away and a new one is made");
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }
}
