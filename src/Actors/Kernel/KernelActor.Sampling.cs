using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Store;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Where sessions are stored: how far their SAs have come, looked at in bulk from time to time, so that a successor knows what was seen. Only what moved is stored.
/// </summary>
internal sealed partial class KernelActor
{
    private static readonly TimeSpan SampleBudget = TimeSpan.FromMilliseconds(5);

    /// <summary>A successor leaves out the numbers that an SA may have sent since: no longer than this.</summary>
    private static readonly TimeSpan LongestSamplePause = TimeSpan.FromSeconds(4);

    /// <summary>Looking takes no more than a twentieth of the KernelActor's time.</summary>
    private const int SampleShare = 20;

    private IEnumerator<SaInfo>? _sampling;
    private TimeSpan _samplingTook;
    private readonly HashSet<KernelOwner> _moved = [];

    private void ScheduleSampling(TimeSpan took)
    {
        if (_node.Store is null) return;
        TimeSpan pause = _node.Options.SamplePeriod > took * SampleShare ? _node.Options.SamplePeriod : took * SampleShare;
        Timers.StartSingleTimer(nameof(SampleNow), SampleNow.Instance, pause < LongestSamplePause ? pause : LongestSamplePause);
    }

    /// <summary>One dump at a time.</summary>
    private void BeginSampling()
    {
        if (_reconciling is not null || _sampling is not null)
        {
            ScheduleSampling(TimeSpan.Zero);
            return;
        }

        _sampling = _backend.StreamSas().GetEnumerator();
        _samplingTook = TimeSpan.Zero;
        SampleForAWhile();
    }

    private void SampleForAWhile()
    {
        if (_sampling is null) return;
        long started = _node.Time.GetTimestamp();
        try
        {
            do
            {
                if (_sampling.MoveNext()) Note(_sampling.Current);
                else ConcludeSampling();
            }
            while (_sampling is not null && _node.Time.GetElapsedTime(started) < SampleBudget);
        }
        catch (XfrmException refused)
        {
            // What was read so far counts; the rest is read next time.
            _node.Log.Knl.SamplingFailed(refused.Message);
            ConcludeSampling();
        }

        _samplingTook += _node.Time.GetElapsedTime(started);
        if (_sampling is null) ScheduleSampling(_samplingTook);
        else Self.Tell(SampleMore.Instance);
    }

    private void Note(SaInfo told)
    {
        if (told.IsOurs == false || told.Sent + told.Received == 0) return;
        if (_tables.OwnerOf(told.Id) is not { } name || !_ownersByName.TryGetValue(name, out KernelOwner? owner) || owner.Session.IsNone) return;
        if (told.Id.Spi == owner.InboundSpi && told.Received > owner.Received) owner.Received = told.Received;
        else if (told.Id.Spi == owner.OutboundSpi && told.Sent > owner.Sent) owner.Sent = told.Sent;
        else return;
        _moved.Add(owner);
    }

    private void ConcludeSampling()
    {
        _sampling!.Dispose();
        _sampling = null;
        if (_moved.Count > 0)
            _node.Actors.Store.Tell(new SampleSas([.. _moved.Select(owner => new ReplaySample(owner.Session, owner.InboundSpi, owner.Received, owner.Sent))]));
        _moved.Clear();
        if (!_reconcileAgain) return;
        _reconcileAgain = false;
        BeginReconciliation();
    }

    private sealed record SampleNow : INoSerializationVerificationNeeded
    {
        public static SampleNow Instance { get; } = new();
    }

    private sealed record SampleMore : INoSerializationVerificationNeeded
    {
        public static SampleMore Instance { get; } = new();
    }
}
