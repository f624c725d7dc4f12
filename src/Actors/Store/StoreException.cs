namespace Concentrator.Actors.Store;

/// <summary>The database cannot be had, or did not do what it was asked. The message is for people and names no secret.</summary>
internal class StoreException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>It cannot be reached, or is not ready: later it may be.</summary>
internal sealed class StoreUnreachableException(string message, Exception cause) : StoreException(message, cause);

/// <summary>Two nodes claim to be one. The message names both.</summary>
internal sealed class StoreConflictException(string message) : StoreException(message);

/// <summary>This node was given up: its life claims nothing any more, and it begins anew as soon as it hears so from the cluster.</summary>
internal sealed class LifeOverException() : StoreException("the other nodes go on without this one");
