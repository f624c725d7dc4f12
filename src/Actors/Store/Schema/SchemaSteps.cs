namespace Concentrator.Actors.Store;

/// <summary>
/// The tables, as the steps that made them: a database is at the version of the last one it has seen. Steps are frozen once released; a change is a new step. All
/// statements are understood by SQLite and PostgreSQL alike.
/// </summary>
internal static class SchemaSteps
{
    public static IReadOnlyList<string> All { get; } =
    [
        """
        create table life (last_epoch bigint not null);
        insert into life (last_epoch) values (0);
        create table node (
            epoch bigint primary key,
            name text not null,
            address text not null,
            place text not null,
            process text not null,
            beats bigint not null,
            seen bigint not null);
        create table ike_sa (
            session_id bigint primary key,
            shard smallint not null,
            revision bigint not null,
            epoch bigint not null,
            incarnation int not null,
            key_id text not null,
            version smallint not null,
            body bytea not null);
        create index ike_sa_shard on ike_sa (shard);
        """,
        """
        create table esp_replay (
            session_id bigint not null,
            spi bigint not null,
            received bigint not null,
            sent bigint not null,
            primary key (session_id, spi));
        """,
        """
        create table pool_lease (
            address bytea primary key,
            pool text not null,
            identity bytea not null,
            peer bytea not null,
            session_id bigint,
            since bigint not null);
        create index pool_lease_identity on pool_lease (pool, identity);
        create index pool_lease_offline on pool_lease (pool, since) where session_id is null;
        create index pool_lease_session on pool_lease (session_id);
        """,
        "alter table node add column keys text not null default ''",
        """
        alter table node add column member int not null default 0;
        alter table node add column given_up boolean not null default false;
        """,
    ];

    public static int Newest => All.Count;

    /// <exception cref="StoreException">A newer program has been here.</exception>
    public static void Check(int version)
    {
        if (version > Newest)
            throw new StoreException($"the database has tables of version {version}, this program knows them up to {Newest}: a newer program has been here, upgrade this one");
    }
}
