using System.Net;

namespace Concentrator.Kernel;

/// <summary>What the kernel says to one kind of algorithm. <see cref="Accepted"/>: an SA with it could be added.</summary>
public sealed record ProbeResult(EspAlgorithms Algorithms, XfrmReply Reply)
{
    /// <summary>That the throwaway SA exists already is no refusal of its algorithm.</summary>
    public bool Accepted => Reply.Succeeded || Reply.Error == Errno.EEXIST;
}

/// <summary>
/// Tries algorithms on the kernel with SAs that are deleted at once: between loopback addresses of the documentation's choosing, under an SPI
/// below the range that nodes use, so that no traffic can meet them.
/// </summary>
public static class AlgorithmProbe
{
    private const uint ProbeSpi = 0x00000f01;
    private static readonly IPAddress Source = IPAddress.Parse("127.255.255.253");
    private static readonly IPAddress Destination = IPAddress.Parse("127.255.255.254");

    /// <summary>Whether a request is one of a probe's, so that observers may leave it out.</summary>
    public static bool IsProbe(XfrmRequest request) => request switch
    {
        AddSa add => add.Sa.Spi == ProbeSpi,
        DeleteSa delete => delete.Id.Spi == ProbeSpi,
        _ => false,
    };

    public static ProbeResult Try(IXfrmBackend backend, EspAlgorithms algorithms)
    {
        var sa = new SaSpec
        {
            Source = Source,
            Destination = Destination,
            Spi = ProbeSpi,
            Mode = XfrmMode.Tunnel,
            Direction = XfrmDirection.Out,
            ReqId = 0,
            Algorithms = algorithms,
        };
        XfrmReply[] replies = new XfrmReply[2];
        backend.Execute([new AddSa(sa), new DeleteSa(sa.Id)], replies);
        return new ProbeResult(algorithms, replies[0]);
    }
}
