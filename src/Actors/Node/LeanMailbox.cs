using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Concentrator.Actors.Node;

/// <summary>
/// The mailbox of IKE_SA and CHILD_SA actors, of which there are very many and most are idle: it is next to nothing when empty, where Akka's own keeps room for
/// thirty-two messages. Named in <see cref="ClusterSettings"/>.
/// </summary>
internal sealed class LeanMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<LeanMailbox.Queue>
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Queue();

    /// <summary>
    /// Any thread adds, one at a time takes: what was added is a stack, which the reader turns round when it has read what it turned before.
    /// </summary>
    internal sealed class Queue : IMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
    {
        private volatile Node? _added;
        private volatile Node? _inOrder;

        public bool HasMessages => _inOrder is not null || _added is not null;

        public int Count => Length(_inOrder) + Length(_added);

        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            Node node = new(envelope);
            Node? top;
            // Once it is in, its Next is the reader's to change: it must not be looked at again.
            do node.Next = top = _added;
            while (Interlocked.CompareExchange(ref _added, node, top) != top);
        }

        /// <summary>The reader's: what it had put aside comes first.</summary>
        public void EnqueueFirst(Envelope envelope) => _inOrder = new Node(envelope) { Next = _inOrder };

        public bool TryDequeue(out Envelope envelope)
        {
            Node? first = _inOrder ?? TurnRound(Interlocked.Exchange(ref _added, null));
            envelope = first?.Envelope ?? default;
            _inOrder = first?.Next;
            return first is not null;
        }

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
            while (TryDequeue(out Envelope envelope)) deadletters.Enqueue(owner, envelope);
        }

        private static Node? TurnRound(Node? stack)
        {
            Node? turned = null;
            while (stack is not null) (stack.Next, turned, stack) = (turned, stack, stack.Next);
            return turned;
        }

        private static int Length(Node? node)
        {
            int length = 0;
            for (; node is not null; node = node.Next) length++;
            return length;
        }
    }

    private sealed class Node(Envelope envelope)
    {
        public Envelope Envelope { get; } = envelope;

        public Node? Next { get; set; }
    }
}
