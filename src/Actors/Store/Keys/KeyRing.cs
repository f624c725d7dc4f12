using System.Security.Cryptography;
using Concentrator.Ike;

namespace Concentrator.Actors.Store;

/// <summary>
/// The keys under which sessions are stored, by their ids, which follow from them: the last one writes, all read. So a key is replaced by adding a line on every node, not as the
/// last one yet; then it becomes the last one everywhere, and the old one is taken away once each session has been written since. Owns the keys.
/// </summary>
/// <remarks>As text a line a key: 64 hexadecimal digits. Blank lines and what follows a <c>#</c> are skipped.</remarks>
internal sealed class KeyRing : IDisposable
{
    public const int KeyLength = 32;

    private const int IdOctets = 4;
    private const int LongestText = 64 * 1024;

    private readonly Dictionary<string, Secret> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];

    private KeyRing()
    {
    }

    /// <summary>The ids of all, in the order of the lines.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The id of the key that writes.</summary>
    public string Newest => _ids[^1];

    public int Count => _ids.Count;

    /// <exception cref="StoreException">It cannot be read, others may read it, or it holds no key; the message says what to do and tells no key.</exception>
    public static KeyRing Load(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
                throw new StoreException($"{path} holds keys that others may read: chmod 600");
            if (new FileInfo(path).Length > LongestText) throw new StoreException($"{path} is too long for a file of keys");
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"the keys of the session store in {path}: {fault.Message}", fault);
        }
    }

    /// <param name="text">As in the file.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="StoreException">It holds no key, or a line is none.</exception>
    public static KeyRing Parse(string text, string source)
    {
        KeyRing ring = new();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string digits = line.Split('#')[0].Trim();
            if (digits.Length == 0) continue;
            if (!ring.TryAdd(digits))
            {
                ring.Dispose();
                throw new StoreException($"{source}:{number}: a line is {2 * KeyLength} hexadecimal digits, another one each");
            }
        }

        return ring.Count > 0 ? ring : throw new StoreException($"{source} holds no key: concentrator cluster init-key makes one");
    }

    /// <summary>A line with a new key.</summary>
    public static string NewLine()
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeyLength);
        string line = $"{Convert.ToHexStringLower(key)}\n";
        CryptographicOperations.ZeroMemory(key);
        return line;
    }

    /// <summary>Null where the ring lacks it.</summary>
    public Secret? Find(string id) => _keys.GetValueOrDefault(id);

    public void Dispose()
    {
        foreach (Secret key in _keys.Values) key.Dispose();
    }

    private bool TryAdd(string digits)
    {
        byte[] key = new byte[KeyLength];
        try
        {
            if (digits.Length != 2 * KeyLength || Convert.FromHexString(digits, key, out _, out _) != System.Buffers.OperationStatus.Done) return false;
            string id = IdOf(key);
            if (!_keys.TryAdd(id, new Secret(key))) return false;
            _ids.Add(id);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The same on every node, and another for another key; tells nothing of it.</summary>
    private static string IdOf(ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, "id of a store key"u8, digest);
        return Convert.ToHexStringLower(digest[..IdOctets]);
    }
}
