using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Clustering;

/// <summary>
/// Makes a node a member: of the cluster that a contact point is in, or of a new one. Every node tries to join all the time; a new cluster is formed by the
/// first contact point alone, once those that answer say that they are in none and a majority of all answers. Those that come later find it.
/// Runs once, on no thread of its own.
/// </summary>
internal sealed class Forming(ClusterNodeOptions options, AkkaCluster cluster, ContactPoints contacts, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(5);

    private readonly Address _self = cluster.SelfAddress;
    private IReadOnlyList<Address> _joining = [];
    private TimeSpan _reported = TimeSpan.MinValue;

    private enum Answer
    {
        None,
        IsAlone,
        IsMember,
    }

    /// <summary>Returns when this node is Up.</summary>
    public async Task JoinAsync(CancellationToken cancel)
    {
        TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        cluster.System.ActorOf<ContactActor>(ContactActor.Name);
        if (options.IsAlone)
        {
            cluster.Join(_self);
        }
        else
        {
            long started = time.GetTimestamp();
            while (!up.Task.IsCompleted && !await TryFormAsync(time.GetElapsedTime(started), cancel).ConfigureAwait(false))
                await Task.WhenAny(up.Task, Task.Delay(Round, time, cancel)).ConfigureAwait(false);
        }

        await up.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>One round: joins whoever is there; true when a new cluster was formed.</summary>
    private async Task<bool> TryFormAsync(TimeSpan waited, CancellationToken cancel)
    {
        IReadOnlyList<Address> all = await FindAsync(cancel).ConfigureAwait(false);
        Address[] others = [.. all.Where(address => address != _self)];
        if (others.Length > 0 && !others.SequenceEqual(_joining))
        {
            _joining = others;
            cluster.JoinSeedNodes(others);
        }

        Answer[] answers = await Task.WhenAll(others.Select(other => AskAsync(other, cancel))).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (cluster.State.Members.Any(member => member.Address == _self)) return false;
        if (WhyNot(all, others, answers, waited) is { } reason)
        {
            Report(reason, waited);
            return false;
        }

        log.Forming(others.Length == 0 ? "there is no other contact point" : $"{answers.Count(answer => answer != Answer.None) + 1} of {all.Count} contact points are here, and none is in a cluster");
        cluster.Join(_self);
        return true;
    }

    /// <summary>Null when this node is to form a cluster now.</summary>
    private string? WhyNot(IReadOnlyList<Address> all, Address[] others, Answer[] answers, TimeSpan waited)
    {
        int rank = all.ToList().IndexOf(_self), quorum = options.Quorum ?? all.Count / 2 + 1;
        string[] silent = [.. others.Where((_, i) => answers[i] == Answer.None).Select(Text)];
        string missing = silent.Length == 0 ? "" : $"; no answer from {string.Join(", ", silent)}";
        if (rank < 0) return all.Count == 0 ? $"no node at an address like this one's, {Text(_self)}, is known yet" : $"this node, {Text(_self)}, is not among the contact points, so it joins and does not form one{missing}";
        if (answers.Contains(Answer.IsMember)) return $"joining {Text(others[Array.IndexOf(answers, Answer.IsMember)])}";
        for (int i = 0; i < rank; i++)
        {
            if (answers[i] != Answer.None) return $"{Text(others[i])} is to form it{missing}";
        }

        int seen = others.Length - silent.Length + 1;
        if (seen < quorum) return $"{seen} of the {quorum} nodes that it takes are here{missing}";
        TimeSpan patience = silent.Length == 0 ? TimeSpan.Zero : options.FormingPatience * (rank + 1);
        return waited < patience ? $"waiting{missing}" : null;
    }

    private async Task<IReadOnlyList<Address>> FindAsync(CancellationToken cancel)
    {
        try
        {
            IReadOnlyList<DnsEndPoint> found = await contacts.FindAsync(_self.Port ?? 0, cancel).ConfigureAwait(false);
            return [.. found.Select(point => new Address(_self.Protocol, _self.System, ClusterNodeOptions.UriHost(point.Host), point.Port))];
        }
        catch (SocketException fault)
        {
            log.NotLookedUp(options.Dns?.Host ?? "", fault.Message);
            return [];
        }
    }

    /// <summary>What is asked for an actor that it has tells of it; a null may as well come from our own dead letters.</summary>
    private async Task<Answer> AskAsync(Address other, CancellationToken cancel)
    {
        bool[] has = await Task.WhenAll(HasAsync(other, ContactActor.Name, cancel), HasAsync(other, MemberActor.Name, cancel)).ConfigureAwait(false);
        return has[1] ? Answer.IsMember : has[0] ? Answer.IsAlone : Answer.None;
    }

    private async Task<bool> HasAsync(Address other, string actor, CancellationToken cancel)
    {
        try
        {
            ActorSelection selection = cluster.System.ActorSelection(new RootActorPath(other) / "user" / actor);
            return (await selection.Ask<ActorIdentity>(new Identify(null), AnswerTime, cancel).ConfigureAwait(false)).Subject is not null;
        }
        catch (Exception silence) when (silence is AskTimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Report(string reason, TimeSpan waited)
    {
        if (waited < _reported + ReportPeriod) return;
        _reported = waited;
        log.Looking(reason);
    }

    private static string Text(Address address) => $"{address.Host}:{address.Port}";
}
