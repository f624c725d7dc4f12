namespace Concentrator.Control;

/// <summary>How commands that speak to a running gateway end; scripts may rely on these.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The gateway said no, and why. Also a command line that cannot be read.</summary>
    public const int Refused = 1;

    /// <summary>No gateway listens there, or it may not be spoken to.</summary>
    public const int NoGateway = 2;

    /// <summary>The gateway did not answer in time, or went away.</summary>
    public const int NoAnswer = 3;
}
