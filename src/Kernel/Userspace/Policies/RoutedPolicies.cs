namespace Concentrator.Kernel.Userspace;

/// <summary>What brings the packets that an outbound policy is for to the engine.</summary>
internal interface IPolicyRoutes
{
    /// <summary>0, or the errno of a route that was refused; then nothing has changed.</summary>
    int Add(XfrmSelector outward);

    void Remove(XfrmSelector outward);
}

/// <summary>Outbound policies, each with its route: both as they were asked for, or both as they were.</summary>
internal sealed class RoutedPolicies(EspEngine engine, IPolicyRoutes routes)
{
    /// <summary>The policy first: a packet that is routed here and finds none would be lost.</summary>
    public XfrmReply Put(XfrmRequest request, PolicySpec policy)
    {
        PolicySpec? before = engine.Find(policy.Key);
        XfrmReply reply = engine.Perform(request);
        if (!reply.Succeeded) return reply;
        int error = routes.Add(policy.Selector);
        if (error == Errno.Ok) return reply;
        engine.Perform(before is null ? new DeletePolicy(policy.Key) : new UpdatePolicy(before));
        return new XfrmReply(error, $"route to {policy.Selector.Destination}");
    }

    public XfrmReply Delete(DeletePolicy delete)
    {
        routes.Remove(delete.Key.Selector);
        return engine.Perform(delete);
    }
}
