using Concentrator.Actors.Connections;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>Which IKE SA stands for which pair of identities, as nodes tell each other.</summary>
internal static class ClaimWire
{
    public static Wire.Claim Write(IdentityClaim claim) => new()
    {
        Session = claim.Session.Value,
        Local = Write(claim.Local),
        Remote = Write(claim.Remote),
        Unique = claim.Unique.ToString(),
        ReplacesOthers = claim.ReplacesOthers,
        EstablishedAt = claim.EstablishedAt,
        IsResumed = claim.IsResumed,
    };

    /// <summary>Null where a newer node has a policy that this one does not know, or an identity is missing.</summary>
    public static IdentityClaim? Read(Wire.Claim wire) =>
        wire is { Local: { } local, Remote: { } remote } && Enum.TryParse(wire.Unique, out UniquePolicy unique) && Enum.IsDefined(unique)
            ? new IdentityClaim(new SessionId(wire.Session), Read(local), Read(remote), unique, wire.ReplacesOthers, wire.EstablishedAt, wire.IsResumed)
            : null;

    private static Wire.Identity Write(Identity identity) => new() { Type = (uint)identity.Type, Data = ByteString.CopyFrom(identity.Data.Span) };

    private static Identity Read(Wire.Identity wire) => new((IdType)wire.Type, wire.Data.Span);
}
