using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Tests.Node;

/// <summary>The order of messages: of each sender as it sent them, what was put aside before the rest.</summary>
public sealed class LeanMailboxTests
{
    private readonly LeanMailbox.Queue _queue = new();

    [Fact]
    public void Messages_come_out_in_the_order_in_which_they_came_in()
    {
        Assert.False(_queue.HasMessages);
        Add(1, 2, 3);
        Assert.Equal((1, 2), (Take(), _queue.Count));
        Add(4);
        Assert.True(_queue.HasMessages);
        Assert.Equal([2, 3, 4], TakeAll());
        Assert.False(_queue.HasMessages);
        Add(5);
        Assert.Equal([5], TakeAll());
    }

    [Fact]
    public void What_was_put_aside_comes_before_the_rest()
    {
        Add(1, 2, 3);
        Take();
        Add(4);
        _queue.EnqueueFirst(Of(-1));
        _queue.EnqueueFirst(Of(-2));
        Assert.Equal([-2, -1, 2, 3, 4], TakeAll());
        _queue.EnqueueFirst(Of(-3));
        Assert.Equal([-3], TakeAll());
    }

    [Fact]
    public void What_is_left_at_the_end_goes_to_the_dead_letters_in_order()
    {
        Add(1, 2, 3);
        Take();
        Add(4);
        UnboundedMessageQueue dead = new();
        _queue.CleanUp(ActorRefs.Nobody, dead);
        Assert.False(_queue.HasMessages);
        List<int> letters = [];
        while (dead.TryDequeue(out Envelope envelope)) letters.Add((int)envelope.Message);
        Assert.Equal([2, 3, 4], letters);
    }

    [Fact]
    public async Task Many_senders_lose_nothing_and_each_keeps_its_order()
    {
        const int Senders = 4, Each = 50_000;
        Task[] senders = [.. Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++) _queue.Enqueue(ActorRefs.Nobody, Of(sender * Each + i));
        }))];
        int[] next = [.. Enumerable.Range(0, Senders).Select(sender => sender * Each)];
        for (int taken = 0; taken < Senders * Each;)
        {
            if (!_queue.TryDequeue(out Envelope envelope)) continue;
            int message = (int)envelope.Message;
            Assert.Equal(next[message / Each]++, message);
            taken++;
        }

        await Task.WhenAll(senders);
        Assert.False(_queue.HasMessages);
    }

    private void Add(params int[] messages)
    {
        foreach (int message in messages) _queue.Enqueue(ActorRefs.Nobody, Of(message));
    }

    private int Take() => _queue.TryDequeue(out Envelope envelope) ? (int)envelope.Message : throw new InvalidOperationException("It is empty.");

    private List<int> TakeAll()
    {
        List<int> messages = [];
        while (_queue.TryDequeue(out Envelope envelope)) messages.Add((int)envelope.Message);
        return messages;
    }

    private static Envelope Of(int message) => new(message, ActorRefs.NoSender);
}
