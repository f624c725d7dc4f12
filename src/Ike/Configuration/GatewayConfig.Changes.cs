using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// Changes: each makes a new configuration in which whatever did not change is the very same object as before, so that comparing references tells what
/// did. A part of the same name is replaced in its place; secrets that no longer occur are for the owner of the configuration to dispose.
/// </summary>
public sealed partial record GatewayConfig
{
    /// <summary>This one, instead of <paramref name="current"/>: what says the same in both is taken from there. What was not taken from here is disposed.</summary>
    public GatewayConfig InPlaceOf(GatewayConfig current)
    {
        GatewayConfig merged = this with
        {
            Connections = Keep(current.Connections, Connections, c => c.Name, (a, b) => a.IsSameAs(b)),
            SharedKeys = Keep(current.SharedKeys, SharedKeys, k => k.Name, (a, b) => a.IsSameAs(b)),
            PrivateKeys = Keep(current.PrivateKeys, PrivateKeys, NameOf, (_, _) => true),
            NamedAuthorities = Keep(current.NamedAuthorities, NamedAuthorities, a => a.Name, (a, b) => a.IsSameAs(b)),
        };
        foreach (IDisposable spare in Secrets.Except(merged.Secrets)) spare.Dispose();
        return merged;
    }

    public GatewayConfig With(ConnectionConfig connection) => Connections.FirstOrDefault(c => c.Name == connection.Name) is { } known && known.IsSameAs(connection)
        ? this
        : this with { Connections = Put(Connections, connection, c => c.Name == connection.Name) };

    public GatewayConfig WithoutConnection(string name) => this with { Connections = Without(Connections, c => c.Name == name) };

    /// <summary>The key is this configuration's from now on, or disposed where it is known already.</summary>
    public GatewayConfig With(SharedKeyConfig key)
    {
        // Without a name, there is one for each group of owners.
        bool IsItsPlace(SharedKeyConfig other) => other.Name == key.Name && (key.Name.Length > 0 || other.Identities.SequenceEqual(key.Identities));
        if (!SharedKeys.Any(k => k.IsSameAs(key))) return this with { SharedKeys = Put(SharedKeys, key, IsItsPlace) };
        key.Key.Dispose();
        return this;
    }

    public GatewayConfig WithoutSharedKey(string name) => this with { SharedKeys = Without(SharedKeys, k => k.Name == name) };

    /// <inheritdoc cref="With(SharedKeyConfig)"/>
    public GatewayConfig With(SigningKey key)
    {
        if (!PrivateKeys.Any(k => k.PublicKey.Span.SequenceEqual(key.PublicKey.Span))) return this with { PrivateKeys = [.. PrivateKeys, key] };
        key.Dispose();
        return this;
    }

    public GatewayConfig Without(SigningKey key) => this with { PrivateKeys = Without(PrivateKeys, k => k == key) };

    public GatewayConfig With(AuthorityConfig authority) => NamedAuthorities.Any(a => a.IsSameAs(authority))
        ? this
        : this with { NamedAuthorities = Put(NamedAuthorities, authority, a => a.Name == authority.Name) };

    public GatewayConfig WithoutAuthority(string name) => this with { NamedAuthorities = Without(NamedAuthorities, a => a.Name == name) };

    public GatewayConfig With(PoolConfig pool) => this with { Pools = Put(Pools, pool, p => p.Name == pool.Name) };

    public GatewayConfig WithoutPool(string name) => this with { Pools = Without(Pools, p => p.Name == name) };

    public GatewayConfig WithCertificate(X509Certificate2 certificate) =>
        Certificates.Any(certificate.IsSameAs) ? this : this with { Certificates = [.. Certificates, certificate] };

    public GatewayConfig WithTrusted(X509Certificate2 authority) =>
        Authorities.Any(authority.IsSameAs) ? this : this with { Authorities = [.. Authorities, authority] };

    /// <summary>In the place of an older one of the same issuer.</summary>
    public GatewayConfig With(RevocationList list) => this with { RevocationLists = Put(RevocationLists, list, l => l.Issuer.Equals(list.Issuer)) };

    /// <summary>Without keys, certificates and revocation lists; connections and authorities in sections of their own stay.</summary>
    public GatewayConfig WithoutCredentials() => this with { SharedKeys = [], PrivateKeys = [], Certificates = [], Authorities = [], RevocationLists = [] };

    /// <summary>What is to be zeroed when nobody needs it any more.</summary>
    public IEnumerable<IDisposable> Secrets => SharedKeys.Select(k => (IDisposable)k.Key).Concat(PrivateKeys);

    private static string NameOf(SigningKey key) => Convert.ToHexString(key.PublicKey.Span);

    private static List<T> Keep<T>(IReadOnlyList<T> current, IReadOnlyList<T> fresh, Func<T, string> name, Func<T, T, bool> same)
    {
        ILookup<string, T> known = current.ToLookup(name);
        return [.. fresh.Select(item => known[name(item)].FirstOrDefault(old => same(old, item)) ?? item)];
    }

    private static List<T> Put<T>(IReadOnlyList<T> items, T item, Predicate<T> isIts)
    {
        List<T> changed = [.. items];
        int place = changed.FindIndex(isIts);
        if (place < 0) changed.Add(item);
        else changed[place] = item;
        return changed;
    }

    private static List<T> Without<T>(IReadOnlyList<T> items, Predicate<T> isIts) => [.. items.Where(item => !isIts(item))];
}
