namespace Concentrator.Actors.Node;

/// <summary>A node cannot start for a reason outside the program; the message says which, and what to do about it.</summary>
public sealed class NodeStartException(string message, Exception? cause = null) : Exception(message, cause);
