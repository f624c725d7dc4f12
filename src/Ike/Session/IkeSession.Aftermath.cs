using Concentrator.Ike.Configuration;

namespace Concentrator.Ike.Session;

/// <summary>
/// What becomes of children whose end nobody here wished: <c>dpd_action</c> where the peer is dead, <c>close_action</c> where it closed them (swanctl.conf). A trap is
/// told before the child is removed, so that no packet leaves in clear between the two.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>The IKE SA ends, and its children with it.</summary>
    private void Follow(Func<ChildConfig, ChildAction> action)
    {
        if (State != IkeSaState.Established) return;
        List<string> anew = [];
        foreach (ChildConfig config in _connection!.Children.Where(c => LiveChild(c.Name) is not null || _wanted.Contains(c.Name)))
        {
            LeaveTrapIf(action(config), config);
            if (action(config).HasFlag(ChildAction.Start)) anew.Add(config.Name);
        }

        if (anew.Count > 0) _effects.Add(new CallAnew(_connection, anew, Path!));
    }

    private void LeaveTrapIf(ChildAction action, ChildConfig config)
    {
        if (action.HasFlag(ChildAction.Trap)) _effects.Add(new LeaveTrap(_connection!, config, Path!.Local.Address, Path.Remote.Address));
    }

    /// <summary>One that lived a while comes again at once; where it goes as fast as it comes, with a pause.</summary>
    private void ComeAgain(Child child)
    {
        string name = child.Plan.Config.Name;
        if (!_wanted.Contains(name)) _wanted.Add(name);
        if (_now - child.InstalledAt >= _context.SteadyAfter)
        {
            BringUp(name);
            return;
        }

        NoteFailure(child, RetryAdvice.BackOff);
        ScheduleRetry(name);
    }
}
