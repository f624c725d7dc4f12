using System.Text;
using Concentrator.Actors.Node;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>load-shared</c>, <c>unload-shared</c> and <c>get-shared</c>: pre-shared keys. No answer ever holds one.</summary>
internal sealed class SharedKeyCommands(ConcentratorNode node)
{
    private static readonly string[] NotYet = ["eap", "xauth", "ntlm", "ppk"];

    public ViciWriter Names() => ViciWriter.Response().List("keys", node.Configuration.SharedKeys.Select(k => k.Name).Where(name => name.Length > 0));

    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        string type = request.Arguments.Required("type", "shared key type missing").ToLowerInvariant();
        if (NotYet.Contains(type)) throw new ViciException($"secrets of type {type} are not supported yet");
        if (type != "ike") throw new ViciException($"invalid shared key type: {type}");
        if (!request.Arguments.Values.TryGetValue("data", out byte[]? data) || data.Length == 0) throw new ViciException("shared key data missing");
        List<IdentityPattern> owners = [.. request.Arguments.Lists.GetValueOrDefault("owners", []).Select(Owner)];
        SharedKeyConfig key = new(request.Arguments.Text("id") ?? "", owners, new Secret(data));
        await node.ReconfigureAsync(config => config.With(key), [key.Key], request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    /// <summary>As strongSwan has it, one that is not there is as good as unloaded.</summary>
    public async Task<ViciWriter> UnloadAsync(ViciRequest request)
    {
        string id = request.Arguments.Required("id", "unique identifier missing");
        await node.ReconfigureAsync(config => config.WithoutSharedKey(id), request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    private static IdentityPattern Owner(byte[] item)
    {
        string text = Encoding.UTF8.GetString(item);
        try
        {
            return IdentityPattern.Parse(text);
        }
        catch (FormatException fault)
        {
            throw new ViciException($"invalid shared key owner: {fault.Message}");
        }
    }
}
