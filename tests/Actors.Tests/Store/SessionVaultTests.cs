using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;

namespace Concentrator.Actors.Tests.Store;

public sealed class SessionVaultTests
{
    private const string OneKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
    private const string OtherKey = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\n";

    private static readonly SessionId Session = new(0x07_0000_0000_0001), Other = new(0x08_0000_0000_0001);

    [Fact]
    public void What_was_sealed_opens_as_it_was_and_is_not_to_be_read_without_the_key()
    {
        using SessionVault vault = Vault(OneKey);
        byte[] state = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        SealedBody body = vault.Seal(Session, 3, 1, state);
        Assert.Equal(state, vault.Open(Session, 3, body, out _));
        Assert.Equal(-1, body.Octets.AsSpan().IndexOf(state.AsSpan(0, 16)));
        Assert.NotEqual(body.Octets, vault.Seal(Session, 3, 1, state).Octets);
    }

    [Fact]
    public void No_body_fits_another_session_revision_version_or_key()
    {
        using KeyRing one = KeyRing.Parse(OneKey, "keys");
        using SessionVault vault = Vault(OneKey + OtherKey);
        SealedBody body = vault.Seal(Session, 3, 1, [1, 2, 3]);
        Assert.Null(vault.Open(Other, 3, body, out BadRow bad));
        Assert.Equal(BadRow.Tampered, bad);
        Assert.Null(vault.Open(Session, 4, body, out _));
        Assert.Null(vault.Open(Session, 3, body with { Version = 2 }, out _));
        Assert.Null(vault.Open(Session, 3, body with { KeyId = one.Newest }, out _));
    }

    [Fact]
    public void Each_octet_counts()
    {
        using SessionVault vault = Vault(OneKey);
        SealedBody body = vault.Seal(Session, 3, 1, [1, 2, 3]);
        for (int i = 0; i < body.Octets.Length; i++)
        {
            byte[] changed = [.. body.Octets];
            changed[i] ^= 1;
            Assert.Null(vault.Open(Session, 3, body with { Octets = changed }, out BadRow bad));
            Assert.Equal(BadRow.Tampered, bad);
            Assert.Null(vault.Open(Session, 3, body with { Octets = body.Octets[..i] }, out _));
        }
    }

    [Fact]
    public void A_key_is_replaced_without_losing_what_the_old_one_wrote()
    {
        using SessionVault before = Vault(OneKey), after = Vault(OneKey + OtherKey), later = Vault(OtherKey);
        SealedBody old = before.Seal(Session, 1, 1, [1]), @new = after.Seal(Session, 2, 1, [2]);
        Assert.NotEqual(old.KeyId, @new.KeyId);
        using KeyRing ring = KeyRing.Parse(OneKey + OtherKey, "keys"), one = KeyRing.Parse(OneKey, "keys");
        Assert.Equal((one.Newest, ring.Newest), (old.KeyId, @new.KeyId));
        Assert.Equal([1], after.Open(Session, 1, old, out _)!);
        Assert.Equal([2], later.Open(Session, 2, @new, out _)!);
        Assert.Null(later.Open(Session, 1, old, out BadRow bad));
        Assert.Equal(BadRow.UnknownKey, bad);
    }

    [Fact]
    public void A_made_key_can_be_loaded_and_two_are_not_the_same()
    {
        string first = KeyRing.NewLine(), second = KeyRing.NewLine();
        Assert.NotEqual(first, second);
        using KeyRing ring = KeyRing.Parse($"# two\n\n{first}{second}", "keys");
        using KeyRing newest = KeyRing.Parse(second, "keys");
        Assert.Equal((2, newest.Newest), (ring.Count, ring.Newest));
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData("# nothing\n", "holds no key")]
    [InlineData("0011", "keys:1:")]
    [InlineData("one", "keys:1:")]
    [InlineData("\n" + OneKey + OneKey, "keys:3:")]
    [InlineData("00112233445566778899aabbccddeeff 00112233445566778899aabbccddeeff", "keys:1:")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg", "keys:1:")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00", "keys:1:")]
    public void A_file_that_is_none_is_told_by_its_line_and_without_its_keys(string text, string said)
    {
        StoreException refused = Assert.Throws<StoreException>(() => KeyRing.Parse(text, "keys"));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0011", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, OneKey);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("chmod 600", Assert.Throws<StoreException>(() => KeyRing.Load(path)).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using KeyRing ring = KeyRing.Load(path);
            Assert.Equal(1, ring.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SessionVault Vault(string keys) => new(KeyRing.Parse(keys, "keys"));
}
