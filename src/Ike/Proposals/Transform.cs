using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One transform of a proposal (RFC 7296 §3.3.2). <see cref="KeyLength"/> is the Key Length attribute in bits, 0 where absent.
/// <see cref="HasUnknownAttribute"/>: an attribute other than Key Length was present, so this transform cannot be chosen (§3.3.6).
/// </summary>
public sealed record Transform(TransformType Type, ushort Id, ushort KeyLength = 0, bool HasUnknownAttribute = false);
