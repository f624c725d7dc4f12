using System.Globalization;
using System.Threading.Channels;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Logs;

/// <summary>
/// Writes every key into Wireshark's own tables, for people who look into their own traffic: <c>WIRESHARK_CONFIG_DIR=FOLDER tshark -o esp.enable_encryption_decode:TRUE</c>.
/// The files are their owner's alone, the folder is made so. SAs with ChaCha20-Poly1305 are left out: Wireshark has no name for it, and reads no table with one that it does not know. Written on a thread of its own; its end writes what is left.
/// </summary>
internal sealed class WiresharkTables : IKeyLog, IAsyncDisposable
{
    private const string IkeTable = "ikev2_decryption_table";
    private const string EspTable = "esp_sa";
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Channel<(TextWriter Table, string Row)> _rows = Channel.CreateUnbounded<(TextWriter, string)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly StreamWriter _ike;
    private readonly StreamWriter _esp;
    private readonly Task _writing;

    private WiresharkTables(FileStream ike, FileStream esp)
    {
        _ike = new StreamWriter(ike);
        _esp = new StreamWriter(esp);
        _writing = Task.Run(WriteAllAsync);
    }

    /// <exception cref="IOException">The folder cannot be made, or a table in it may be read by others; the message says which.</exception>
    public static WiresharkTables Open(string folder)
    {
        try
        {
            if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, OwnersFolder);
            return new WiresharkTables(OwnerOnlyFile.Append(Path.Combine(folder, IkeTable)), OwnerOnlyFile.Append(Path.Combine(folder, EspTable)));
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    public void AddIkeSa(ulong spiI, ulong spiR, IkeSuite suite, IkeKeys keys) => Add(_ike, IkeRow(spiI, spiR, suite, keys));

    /// <summary>Both directions. Addresses are left open: a NAT, or MOBIKE, would make another of them.</summary>
    public void AddChildSa(ChildSaParameters child, uint inboundSpi)
    {
        (Secret ourCipher, Secret ourTag) = KeysOf(child, child.KeysAreInitiators);
        (Secret theirCipher, Secret theirTag) = KeysOf(child, !child.KeysAreInitiators);
        string family = child.RemoteEndpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        Add(_esp, EspRow(family, child.PeerSpi, child.Suite, ourCipher, ourTag));
        Add(_esp, EspRow(family, inboundSpi, child.Suite, theirCipher, theirTag));
    }

    public async ValueTask DisposeAsync()
    {
        _rows.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        await _ike.DisposeAsync().ConfigureAwait(false);
        await _esp.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Null: Wireshark cannot.</summary>
    internal static string? IkeRow(ulong spiI, ulong spiR, IkeSuite suite, IkeKeys keys) => IkeCipher(suite) is not { } cipher ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{spiI:x16},{spiR:x16},{Hex(keys.Ei)},{Hex(keys.Er)},\"{cipher}\",{Hex(keys.Ai)},{Hex(keys.Ar)},\"{IkeTag(suite.Integrity)}\"");

    /// <summary>Null: Wireshark cannot. Only its newer versions know a column for extended sequence numbers.</summary>
    internal static string? EspRow(string family, uint spi, EspSuite suite, Secret key, Secret tag) => EspCipher(suite.Encryption) is not { } cipher ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"\"{family}\",\"*\",\"*\",\"0x{spi:x8}\",\"{cipher}\",\"0x{Hex(key)}\",\"{EspTag(suite.Integrity)}\",\"{(tag.Length > 0 ? "0x" : "")}{Hex(tag)}\"{(suite.ExtendedSequenceNumbers ? ",\"64-bit\"" : "")}");

    private void Add(TextWriter table, string? row)
    {
        if (row is not null) _rows.Writer.TryWrite((table, row));
    }

    private async Task WriteAllAsync()
    {
        while (await _rows.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                while (_rows.Reader.TryRead(out (TextWriter Table, string Row) row)) await row.Table.WriteAsync($"{row.Row}\n").ConfigureAwait(false);
                await _ike.FlushAsync().ConfigureAwait(false);
                await _esp.FlushAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // A full disk: the tunnels go on, the table has a gap.
            }
        }
    }

    private static (Secret Cipher, Secret Tag) KeysOf(ChildSaParameters child, bool initiators) => initiators
        ? (child.Keys.EncryptionInitiator, child.Keys.IntegrityInitiator)
        : (child.Keys.EncryptionResponder, child.Keys.IntegrityResponder);

    private static string Hex(Secret secret) => Convert.ToHexStringLower(secret.Span);

    // The names are Wireshark's own (epan/dissectors/packet-isakmp.c and packet-ipsec.c).
    private static string? IkeCipher(IkeSuite suite) => suite.Encryption switch
    {
        EncryptionId.AesCbc => $"AES-CBC-{suite.KeyLength} [RFC3602]",
        EncryptionId.AesGcm16 => $"AES-GCM-{suite.KeyLength} with 16 octet ICV [RFC5282]",
        EncryptionId.AesGcm12 => $"AES-GCM-{suite.KeyLength} with 12 octet ICV [RFC5282]",
        EncryptionId.AesGcm8 => $"AES-GCM-{suite.KeyLength} with 8 octet ICV [RFC5282]",
        _ => null,
    };

    private static string IkeTag(IntegrityId integrity) => integrity switch
    {
        IntegrityId.HmacSha256_128 => "HMAC_SHA2_256_128 [RFC4868]",
        IntegrityId.HmacSha384_192 => "HMAC_SHA2_384_192 [RFC4868]",
        IntegrityId.HmacSha512_256 => "HMAC_SHA2_512_256 [RFC4868]",
        _ => "NONE [RFC4306]",
    };

    private static string? EspCipher(EncryptionId encryption) => encryption switch
    {
        EncryptionId.AesCbc => "AES-CBC [RFC3602]",
        EncryptionId.AesGcm16 => "AES-GCM with 16 octet ICV [RFC4106]",
        _ => null,
    };

    private static string EspTag(IntegrityId integrity) => integrity switch
    {
        IntegrityId.HmacSha256_128 => "HMAC-SHA-256-128 [RFC4868]",
        IntegrityId.HmacSha384_192 => "HMAC-SHA-384-192 [RFC4868]",
        IntegrityId.HmacSha512_256 => "HMAC-SHA-512-256 [RFC4868]",
        _ => "NULL",
    };
}
