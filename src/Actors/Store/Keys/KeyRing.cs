using System.Security.Cryptography;
using Concentrator.Ike;

namespace Concentrator.Actors.Store;

/// <summary>
/// The keys under which sessions are stored, by their ids: the last one writes, all read. So a key is replaced by adding a line on every node, and taken away once
/// each session has been written since. Owns the keys.
/// </summary>
/// <remarks>As text a line a key: its id, then 64 hexadecimal digits. Blank lines and what follows a <c>#</c> are skipped.</remarks>
internal sealed class KeyRing : IDisposable
{
    public const int KeyLength = 32;

    private const int LongestId = 32;
    private const int LongestText = 64 * 1024;

    private readonly Dictionary<string, Secret> _keys = new(StringComparer.Ordinal);

    private KeyRing()
    {
    }

    /// <summary>The id of the key that writes.</summary>
    public string Newest { get; private set; } = "";

    public int Count => _keys.Count;

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
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (words.Length != 2 || !ring.TryAdd(words[0], words[1]))
            {
                ring.Dispose();
                throw new StoreException($"{source}:{number}: a line is an id of at most {LongestId} letters and digits that no other has, and {2 * KeyLength} hexadecimal digits");
            }
        }

        return ring.Count > 0 ? ring : throw new StoreException($"{source} holds no key: concentrator cluster init-key makes one");
    }

    /// <summary>A line with a new key.</summary>
    public static string NewLine()
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeyLength);
        string line = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))} {Convert.ToHexStringLower(key)}\n";
        CryptographicOperations.ZeroMemory(key);
        return line;
    }

    /// <summary>Null where the ring lacks it.</summary>
    public Secret? Find(string id) => _keys.GetValueOrDefault(id);

    public void Dispose()
    {
        foreach (Secret key in _keys.Values) key.Dispose();
    }

    private bool TryAdd(string id, string digits)
    {
        if (id.Length > LongestId || !id.All(char.IsAsciiLetterOrDigit) || _keys.ContainsKey(id)) return false;
        byte[] key = new byte[KeyLength];
        if (Convert.FromHexString(digits, key, out int consumed, out int written) != System.Buffers.OperationStatus.Done || consumed != digits.Length || written != KeyLength) return false;
        _keys.Add(id, new Secret(key));
        CryptographicOperations.ZeroMemory(key);
        Newest = id;
        return true;
    }
}
