using Concentrator.Configuration;
using CsCheck;

namespace Concentrator.Tests.Configuration;

/// <summary>Texts that are nearly configuration: whole words in any order, and any value behind any key.</summary>
public sealed class ConfigurationFuzzTests
{
    private static readonly string[] Words =
    [
        "a", "b", "c", "connections", "children", "local", "remote", "secrets", "ike-a", "a.b", "b.c", "connections.a", "auth = psk\n", "a = 1\n", "a =\n",
        "secret = x\n", "include none.conf\n", "include none*\n", "{", "}", "{", "}", " : ", ", ", "\n", "\"", "#", "=",
    ];

    private static readonly Gen<string> Value = Gen.OneOf(
        Gen.Char["@#*%=,;+\\\"{}[]/-.: 0123456789abcdefxCNO\u00e9\ufffd\0"].Array[0, 24].Select(c => new string(c)),
        OneOf("%any", "10.0.0.0/8", "::/0", "dynamic[tcp/80]", "C=CH, CN=moon", "0x00", "0sAA==", "aes256-sha256-modp2048", "30s", "psk", "2"));

    [Fact]
    public void Words_in_any_order_never_throw()
    {
        using ConfigFolder folder = new();
        OneOf(Words).Array[0, 60].Sample(words => IsWholeOrNamed(folder, string.Join(' ', words)), iter: 2000, threads: 1);
    }

    [Fact]
    public void Sections_that_refer_to_each_other_in_any_way_never_throw()
    {
        using ConfigFolder folder = new();
        Gen<string> name = OneOf("a", "b", "c"), path = OneOf("a", "b", "c", "a.b", "b.a", "b.c", "c.a.b", "a.b.c");
        Gen<string> leaf = Gen.Select(name, path, (n, p) => $"{n} : {p} {{ k = 1\n }}");
        Gen<string> inner = Gen.Select(name, path, leaf, leaf, (n, p, x, y) => $"{n} : {p} {{ {x} {y} }}");
        Gen.Select(name, path, inner, inner, (n, p, x, y) => $"{n} : {p}, b {{ {x} {y} }}\n").Array[1, 4]
            .Sample(sections => IsWholeOrNamed(folder, string.Concat(sections)), iter: 2000, threads: 1);
    }

    [Fact]
    public void Any_value_behind_any_key_never_throws()
    {
        using ConfigFolder folder = new();
        // Host names are left out: resolving them is neither quick nor ours.
        string[] keys = [.. KeyTable.Connection.Where(r => !r.IsSection && r.Kind != KeyKind.Addresses).Select(r => r.Name)];
        string[] childKeys = [.. KeyTable.Child.Select(r => r.Name)];
        Gen.Select(OneOf(keys), OneOf(childKeys), Value, Value, Value).Sample(
            (key, childKey, value, childValue, id) => IsWholeOrNamed(
                folder, ConfigFolder.Connection($"{key} = {value}", $"{childKey} = {childValue}", local: $"auth = psk\n id = {id}\n")),
            iter: 2000, threads: 1);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static void IsWholeOrNamed(ConfigFolder folder, string text)
    {
        ConfigurationResult result = folder.Write(text).Load();
        Assert.Equal(result.Errors.Count == 0, result.Config is not null);
        Assert.All(result.Errors, e => Assert.DoesNotContain('\n', e.ToString()));
    }
}
