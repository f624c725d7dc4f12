using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session.State;

/// <summary>What a request of ours is about. The numbers are stored: none is ever used for something else.</summary>
public enum RequestKind : byte
{
    CreateChild = 1,
    RekeyIke = 2,
    DeleteChild = 3,
    DeleteIke = 4,
    Notify = 5,
    InvalidSpi = 6,
    CrashToken = 7,
    Liveness = 8,
    UpdateAddresses = 9,
    AddressList = 10,
    Routability = 11,
    Redirect = 12,
    Addresses = 13,
}

/// <summary>A request of ours as data.</summary>
/// <param name="Kind">Which of the others mean something.</param>
/// <param name="Number">CreateChild, DeleteChild: the child's id. UpdateAddresses: which update. Notify: the type.</param>
/// <param name="Spi">DeleteChild, InvalidSpi: ours.</param>
/// <param name="Octets">UpdateAddresses, Routability: COOKIE2. Redirect: the notify's data.</param>
/// <param name="Claimed">Routability: where the peer says it is.</param>
public sealed record RequestState(RequestKind Kind, uint Number = 0, uint Spi = 0, ReadOnlyMemory<byte> Octets = default, IkePath? Claimed = null)
{
    internal static RequestState Of(Request request) => request switch
    {
        CreateChildRequest create => new(RequestKind.CreateChild, create.ChildId),
        RekeyIkeRequest => new(RequestKind.RekeyIke),
        DeleteChildRequest delete => new(RequestKind.DeleteChild, delete.ChildId, delete.InboundSpi),
        DeleteIkeRequest => new(RequestKind.DeleteIke),
        NotifyRequest notify => new(RequestKind.Notify, (uint)notify.Type),
        InvalidSpiRequest stray => new(RequestKind.InvalidSpi, Spi: stray.Spi),
        CrashTokenRequest => new(RequestKind.CrashToken),
        LivenessRequest => new(RequestKind.Liveness),
        UpdateAddressesRequest update => new(RequestKind.UpdateAddresses, update.Number, Octets: update.Cookie),
        AddressListRequest => new(RequestKind.AddressList),
        AddressRequest => new(RequestKind.Addresses),
        RoutabilityRequest routability => new(RequestKind.Routability, Octets: routability.Cookie, Claimed: routability.Claimed),
        RedirectRequest redirect => new(RequestKind.Redirect, Octets: redirect.Gateway),
        _ => throw new InvalidOperationException($"{request.GetType().Name} is of no established IKE SA."),
    };

    /// <summary>Null for a kind that is not known here.</summary>
    internal Request? ToRequest() => Kind switch
    {
        RequestKind.CreateChild => new CreateChildRequest(Number),
        RequestKind.RekeyIke => new RekeyIkeRequest(),
        RequestKind.DeleteChild => new DeleteChildRequest(Number, Spi),
        RequestKind.DeleteIke => new DeleteIkeRequest(),
        RequestKind.Notify => new NotifyRequest((NotifyType)Number),
        RequestKind.InvalidSpi => new InvalidSpiRequest(Spi),
        RequestKind.CrashToken => new CrashTokenRequest(),
        RequestKind.Liveness => new LivenessRequest(),
        RequestKind.UpdateAddresses => new UpdateAddressesRequest(Number, Octets.ToArray()),
        RequestKind.AddressList => new AddressListRequest(),
        RequestKind.Redirect => new RedirectRequest(Octets.ToArray()),
        RequestKind.Addresses => new AddressRequest(),
        RequestKind.Routability when Claimed is not null => new RoutabilityRequest(Claimed, Octets.ToArray()),
        _ => null,
    };
}
