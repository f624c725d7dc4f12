using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>
/// One word of a proposal string and the transform it stands for. <see cref="IsSupported"/> false: the word is known from
/// strongSwan's files, but this program has no such algorithm; then only <see cref="Name"/> says something.
/// </summary>
public sealed record AlgorithmKeyword(string Name, Transform Transform, bool IsSupported = true)
{
    public TransformType Type => Transform.Type;
}
