namespace Concentrator.Actors.Node;

/// <summary>A secret in a file that its owner alone may read, made when there is none. The octets are the caller's to zero.</summary>
public static class SecretFile
{
    private const int LongestFile = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <param name="path">Where it lies.</param>
    /// <param name="what">What it is for, in messages.</param>
    /// <param name="least">The fewest octets that are secret enough.</param>
    /// <param name="make">Makes the octets of a new one.</param>
    /// <exception cref="NodeStartException">The file cannot be read or made, is too short, or others may read it; the message says what to do.</exception>
    public static byte[] LoadOrCreate(string path, string what, int least, Func<byte[]> make)
    {
        try
        {
            return File.Exists(path) ? Read(path, least) : Create(path, make());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"{what} in {path}: {fault.Message}", fault);
        }
    }

    private static byte[] Read(string path, int least)
    {
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new NodeStartException($"{path} is a secret that others may read: chmod 600, or delete it and a new one is made");
        byte[] octets = new FileInfo(path).Length <= LongestFile ? File.ReadAllBytes(path) : [];
        if (octets.Length >= least) return octets;
        throw new NodeStartException($"{path} is no secret of {least} to {LongestFile} octets: delete it and a new one is made");
    }

    /// <summary>Never readable by others, not for a moment; on the disk before anybody is told.</summary>
    private static byte[] Create(string path, byte[] octets)
    {
        using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(octets);
        file.Flush(flushToDisk: true);
        return octets;
    }
}
