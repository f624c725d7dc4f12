using System.Buffers.Binary;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Sets every bit of a chain of payloads that RFC 7296 §3 calls reserved, and every critical flag.</summary>
internal static class Reserved
{
    public static byte[] Set(PayloadType first, byte[] chain)
    {
        Set(first, chain.AsSpan());
        return chain;
    }

    public static void Set(PayloadType type, Span<byte> chain) => Walk(type, chain, (octets, at) => octets[at] = 0xff);

    /// <summary>The places of all such octets that are not zero.</summary>
    public static IReadOnlyList<int> Find(PayloadType type, byte[] chain)
    {
        List<int> found = [];
        Walk(type, chain, (octets, at) =>
        {
            if (octets[at] != 0) found.Add(at);
        });
        return found;
    }

    private delegate void Visit(Span<byte> chain, int at);

    private static void Walk(PayloadType type, Span<byte> chain, Visit visit)
    {
        for (int start = 0; type != PayloadType.None;)
        {
            var next = (PayloadType)chain[start];
            int length = BinaryPrimitives.ReadUInt16BigEndian(chain[(start + 2)..]);
            visit(chain, start + 1);
            int body = start + 4;
            switch (type)
            {
                case PayloadType.SecurityAssociation:
                    WalkProposals(chain, body, start + length, visit);
                    break;
                case PayloadType.KeyExchange:
                    Each(chain, visit, body + 2, body + 3);
                    break;
                case PayloadType.IdentificationInitiator or PayloadType.IdentificationResponder or PayloadType.Authentication
                    or PayloadType.TrafficSelectorInitiator or PayloadType.TrafficSelectorResponder or PayloadType.Configuration:
                    Each(chain, visit, body + 1, body + 2, body + 3);
                    break;
            }

            start += length;
            type = next;
        }
    }

    private static void WalkProposals(Span<byte> chain, int at, int end, Visit visit)
    {
        while (at < end)
        {
            int proposalEnd = at + BinaryPrimitives.ReadUInt16BigEndian(chain[(at + 2)..]);
            visit(chain, at + 1);
            for (int transform = at + 8 + chain[at + 6]; transform < proposalEnd;)
            {
                Each(chain, visit, transform + 1, transform + 5);
                transform += BinaryPrimitives.ReadUInt16BigEndian(chain[(transform + 2)..]);
            }

            at = proposalEnd;
        }
    }

    private static void Each(Span<byte> chain, Visit visit, params int[] places)
    {
        foreach (int place in places) visit(chain, place);
    }
}
