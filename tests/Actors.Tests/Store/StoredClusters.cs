namespace Concentrator.Actors.Tests.Store;

/// <summary>Tests with several nodes in this process and one database: one after the other, and after those that may run at once.</summary>
[CollectionDefinition(nameof(StoredClusters), DisableParallelization = true)]
public sealed class StoredClusters : ICollectionFixture<PostgresServer>;
