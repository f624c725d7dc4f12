namespace Concentrator.Actors.Node;

/// <summary>What an operator asked for cannot be done; the message says why.</summary>
public sealed class RequestRefusedException(string message) : Exception(message);
