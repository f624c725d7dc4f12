using System.Security.Cryptography;
using System.Text;

namespace Concentrator.Actors.Clustering;

/// <summary>Files that are made once: never over another, never for a moment readable by more than they are meant for, on the disk before this returns.</summary>
public static class NewFile
{
    /// <exception cref="IOException">It exists already, or cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<char> text, UnixFileMode mode)
    {
        byte[] octets = new byte[Encoding.UTF8.GetByteCount(text)];
        try
        {
            Encoding.UTF8.GetBytes(text, octets);
            using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
            file.Write(octets);
            file.Flush(flushToDisk: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }
}
