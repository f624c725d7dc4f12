using Concentrator.Actors.Node;
using Concentrator.Configuration;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>load-authority</c>, <c>unload-authority</c>, <c>get-authorities</c> and <c>list-authorities</c>: authorities in sections of their own.</summary>
internal sealed class AuthorityCommands(ConcentratorNode node)
{
    public ViciWriter Names() => ViciWriter.Response().List("authorities", node.Configuration.NamedAuthorities.Select(a => a.Name));

    public async Task<ViciWriter> ListAsync(ViciRequest request)
    {
        string? name = request.Arguments.Text("name");
        foreach (AuthorityConfig authority in node.Configuration.NamedAuthorities.Where(a => name is null || a.Name == name))
        {
            await request.EmitAsync("list-authority", writer => writer
                .Begin(authority.Name)
                .Put("cacert", CertificateIdentity.Subject(authority.Certificate).ToString())
                .List("crl_uris", authority.CrlUris.Select(uri => uri.OriginalString))
                .List("ocsp_uris", authority.OcspUris.Select(uri => uri.OriginalString))
                .End()).ConfigureAwait(false);
        }

        return ViciWriter.Response();
    }

    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        List<AuthorityConfig?> authorities = ViciSettings.BindAll(request.Arguments, "authorities", (s, mistakes) => AuthorityBinder.BindOne(s.Section, s, mistakes));
        await node.ReconfigureAsync(config => authorities.Aggregate(config, (c, authority) => c.With(authority!)), request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    public async Task<ViciWriter> UnloadAsync(ViciRequest request)
    {
        string name = request.Arguments.Required("name", "unload: missing authority name");
        await node.ReconfigureAsync(
            config => config.NamedAuthorities.Any(a => a.Name == name) ? config.WithoutAuthority(name) : throw new ViciException($"unload: authority '{name}' not found"),
            request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }
}
