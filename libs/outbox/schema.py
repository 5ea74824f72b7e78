"""The tables of reliable messaging, as each service's first migration makes them in its own schema.

Statements are versioned: a released one never changes; what comes later is `messaging_v2` and so on.
"""


def messaging_v1(schema: str) -> list[str]:
    """Event log and outbox for what a service says; inbox, cursors and dead letters for what it hears."""
    return [statement.strip().replace("$S", schema) for statement in (*_OUT, *_IN)]


def messaging_v2(schema: str) -> list[str]:
    """Which life of the event log this is; `libs.outbox.epoch` says what for."""
    return [statement.strip().replace("$S", schema) for statement in _EPOCH]


_OUT = (
    """
    create table $S.event_stream (
        aggtype text not null, aggid uuid not null, last_seq bigint not null,
        primary key (aggtype, aggid)
    )
    """,
    # The log every event stays in. Partitions by month are added ahead by the purge duty; `event_rest` takes
    # whatever finds none, so that a missed month never refuses a business change.
    """
    create table $S.event (
        pos bigint generated always as identity, recorded_at timestamptz not null default now(),
        tx xid8 not null default pg_current_xact_id(), id uuid not null,
        aggtype text not null, aggid uuid not null, aggseq bigint not null, type text not null,
        body text not null, sha256 bytea not null,
        primary key (recorded_at, pos)
    ) partition by range (recorded_at)
    """,
    "create table $S.event_rest partition of $S.event default",
    "create index event_tx_pos_idx on $S.event (tx, pos)",
    "create index event_aggregate_idx on $S.event (aggtype, aggid, aggseq)",
    # The relay's work list: a row goes when the broker has confirmed. Small and hot, so vacuumed by count.
    """
    create table $S.outbox (
        pos bigint primary key, recorded_at timestamptz not null, shard smallint not null, aggid uuid not null,
        refusals int not null default 0, next_at timestamptz not null default '-infinity', last_error text
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
    """,
    "create index outbox_shard_idx on $S.outbox (shard, pos)",
    "create index outbox_refused_idx on $S.outbox (aggid, pos) where next_at > '-infinity'",
    """
    create table $S.relay_lease (
        shard smallint primary key, owner text, expires_at timestamptz not null default '-infinity'
    )
    """,
    "insert into $S.relay_lease (shard) select generate_series(0, 3)",
)

_IN = (
    """
    create table $S.inbox (
        consumer text not null, event_id uuid not null,
        state text not null check (state in ('done', 'retry', 'running', 'waiting', 'dead', 'discarded')),
        aggtype text not null, aggid uuid not null, aggseq bigint not null, type text not null, source text not null,
        body text, attempts int not null default 0, crashes int not null default 0, series int not null default 1,
        next_at timestamptz, lease_token uuid, lease_until timestamptz,
        reason text, error text, fingerprint text,
        received_at timestamptz not null default now(), done_at timestamptz,
        primary key (consumer, event_id)
    )
    """,
    "create index inbox_due_idx on $S.inbox (consumer, next_at) where state in ('retry', 'running', 'waiting')",
    """
    create index inbox_open_idx on $S.inbox (consumer, aggtype, aggid, aggseq)
        where state in ('retry', 'running', 'waiting', 'dead')
    """,
    "create index inbox_done_idx on $S.inbox (done_at) where state = 'done'",
    """
    create table $S.stream_cursor (
        consumer text not null, aggtype text not null, aggid uuid not null,
        last_seq bigint not null, last_id uuid,
        primary key (consumer, aggtype, aggid)
    )
    """,
    """
    create table $S.consumer_state (
        consumer text not null, source text not null default '', feed_cursor text,
        baseline text not null default 'strict', paused boolean not null default false, swept_at timestamptz,
        primary key (consumer, source)
    )
    """,
    """
    create table $S.dlq_message (
        id bigint generated always as identity primary key, queue text not null, body bytea not null,
        headers jsonb not null, death_reason text, event_id uuid, sha256 bytea not null,
        received_at timestamptz not null default now(), state text not null default 'open', note text
    )
    """,
    "create unique index dlq_message_once_idx on $S.dlq_message (queue, sha256) where state = 'open'",
)

_EPOCH = (
    """
    create table $S.feed_epoch (
        one boolean primary key default true check (one), epoch bigint not null, restored_at timestamptz
    )
    """,
    # A log with a past goes on under the number that its cursors carry; a new one has a number of its own, so that a
    # cursor of a system that is gone is not taken for one of the system in its place.
    """
    insert into $S.feed_epoch (epoch)
    select case when exists (select from $S.event) then 1 else floor(random() * 2 ^ 52)::bigint end
    """,
)
