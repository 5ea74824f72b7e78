"""The SQL of dead letters; `$S` is the service's schema."""

from libs.outbox.inbox import CAME_BACK

_FINGERPRINT = "coalesce(fingerprint, consumer || '|' || type || '|-|-')"

# Failing: it did not succeed so far and is tried again by itself. A message that came back unacknowledged is one as
# soon as it is not handled at once, for whoever had it before may have died of it; the lease that would prove so ends
# much later. The wait after a refusal doubles up to five minutes, so the time of the refusal can be reckoned back.
_LETTERS = f"""
select 'inbox' as source, event_id::text as letter_id, consumer as handler, event_id, type, aggtype, aggid, aggseq,
    case when state <> 'dead' and crashes > 0 then 'crashing' else reason end as reason, error,
    {_FINGERPRINT} as fingerprint, attempts, crashes, series, received_at as first_at,
    coalesce(done_at, received_at) as last_at, body,
    case when state = 'dead' then 'dead' else 'failing' end as standing,
    case when state <> 'dead' then next_at end as next_at
from $S.inbox where state in ('retry', 'running', 'dead') and (state = 'dead' or attempts > 0 or crashes > 0
    or (reason = '{CAME_BACK}' and received_at < now() - interval '2 seconds'))
union all
select 'broker', id::text, queue, event_id, headers->>'cloudEvents_type', null, null, null, death_reason, note,
    'broker|' || coalesce(death_reason, '-'), 0, 0, 1, received_at, received_at, null, 'dead', null
from $S.dlq_message where state = 'open'
union all
select 'outbox', e.id::text, 'tms.events', e.id, e.type, e.aggtype, e.aggid, e.aggseq, 'refused', o.last_error,
    'outbox|' || e.type || '|' || coalesce(o.last_error, '-'), o.refusals, 0, 1, e.recorded_at,
    case when o.next_at > '-infinity'
        then o.next_at - make_interval(secs => least(300, power(2, least(o.refusals - 1, 9)))) else e.recorded_at end,
    e.body, case when o.refusals >= :refusals then 'dead' else 'failing' end,
    case when o.next_at > '-infinity' then o.next_at end
from $S.outbox o join $S.event e on e.recorded_at = o.recorded_at and e.pos = o.pos where o.refusals > 0
"""  # noqa: S608 - constant text

LIST = f"""
select letter.*, (select count(*) from $S.inbox behind where behind.consumer = letter.handler
    and behind.state = 'waiting' and behind.aggtype = letter.aggtype and behind.aggid = letter.aggid) as waiting_behind
from ({_LETTERS}) as letter
where (cast(:fingerprint as text) is null or fingerprint = :fingerprint)
    and (cast(:standing as text) is null or standing = :standing)
    and (cast(:source as text) is null or source = :source)
    and (cast(:type as text) is null or type = :type)
    and (cast(:aggid as uuid) is null or aggid = :aggid)
    and (cast(:letter_id as text) is null or letter_id = :letter_id)
    and (cast(:at as timestamptz) is null
        or (first_at, source, letter_id) < (cast(:at as timestamptz), :after_source, :after_id))
order by first_at desc, source desc, letter_id desc limit :limit
"""  # noqa: S608 - constant text

BROKER_BODY = "select body from $S.dlq_message where id = :id"

GROUPS = f"""
select fingerprint, source, count(*) filter (where standing = 'dead') as count,
    count(*) filter (where standing = 'failing') as failing, min(first_at) as first_at,
    max(last_at) as last_at, min(error) as example
from ({_LETTERS}) as letter group by 1, 2 order by count(*) desc, 1, 2
"""  # noqa: S608 - constant text

REPLAY = f"""
with chosen as (
    select consumer, event_id, row_number() over (order by aggtype, aggid, aggseq) as place from $S.inbox
    where consumer = :consumer and state = 'dead'
        and (cast(:ids as uuid[]) is null or event_id = any(:ids))
        and (cast(:fingerprint as text) is null or {_FINGERPRINT} = :fingerprint)
        and (cast(:type as text) is null or type = :type)
        and (cast(:aggid as uuid) is null or aggid = :aggid)
        and (cast(:until as timestamptz) is null or done_at <= :until)
), replayed as (
    update $S.inbox row set state = 'retry', attempts = 0, crashes = 0, series = row.series + 1, reason = null,
        done_at = null, next_at = now() + chosen.place * cast(:step as interval)
    from chosen where not :dry_run and row.consumer = chosen.consumer and row.event_id = chosen.event_id
    returning 1
)
select case when :dry_run then (select count(*) from chosen) else (select count(*) from replayed) end
"""  # noqa: S608 - constant text

# A refused event is due at once and counts its refusals anew; it never leaves the outbox unpublished.
RELEASE = """
with chosen as (
    select o.pos from $S.outbox o join $S.event e on e.recorded_at = o.recorded_at and e.pos = o.pos
    where o.refusals >= :refusals
        and (cast(:ids as uuid[]) is null or e.id = any(:ids))
        and (cast(:fingerprint as text) is null
            or 'outbox|' || e.type || '|' || coalesce(o.last_error, '-') = :fingerprint)
        and (cast(:type as text) is null or e.type = :type)
        and (cast(:aggid as uuid) is null or e.aggid = :aggid)
        and (cast(:until as timestamptz) is null or e.recorded_at <= :until)
    for update of o
), released as (
    update $S.outbox row set refusals = 0, next_at = now() from chosen where not :dry_run and row.pos = chosen.pos
    returning 1
)
select case when :dry_run then (select count(*) from chosen) else (select count(*) from released) end
"""

# What was replayed and never tried since: it waits for its turn, with the fingerprint of its death still on it.
_WAITING = "consumer = :consumer and state = 'retry' and series > 1 and attempts = 0 and next_at > now()"

REPLAYING = f"""
select {_FINGERPRINT} as fingerprint, count(*) filter (where {_WAITING}) as waiting,
    count(*) filter (where state <> 'dead' and not ({_WAITING})) as trying,
    count(*) filter (where state = 'dead') as failed_again,
    min(next_at) filter (where {_WAITING}) as next_at, max(next_at) filter (where {_WAITING}) as last_at
from $S.inbox where consumer = :consumer and series > 1 and state in ('retry', 'running', 'dead')
group by 1 having count(*) filter (where state <> 'dead') > 0 order by 1
"""  # noqa: S608 - constant text

CALL_BACK = f"""
update $S.inbox set state = 'dead', reason = 'replay_cancelled', next_at = null, done_at = now()
where {_WAITING} and (cast(:fingerprint as text) is null or {_FINGERPRINT} = :fingerprint) returning 1
"""  # noqa: S608 - constant text

DISCARD = """
update $S.inbox set state = 'discarded', reason = :reason, body = null, done_at = now()
where consumer = :consumer and state = 'dead' and event_id = any(:ids) returning 1
"""

SKIP = """
update $S.stream_cursor cursor set last_seq = row.aggseq, last_id = row.event_id from $S.inbox row
where row.consumer = :consumer and row.state = 'dead' and row.event_id = any(:ids) and cursor.consumer = row.consumer
    and cursor.aggtype = row.aggtype and cursor.aggid = row.aggid and cursor.last_seq = row.aggseq - 1
"""

CLOSE = """
update $S.dlq_message set state = 'discarded', note = :note where id = any(:ids) and state = 'open' returning 1
"""

CHOSEN = f"""
select source, letter_id from ({_LETTERS}) as letter
where source in ('inbox', 'broker') and standing = 'dead'
    and (cast(:fingerprint as text) is null or fingerprint = :fingerprint)
    and (cast(:type as text) is null or type = :type)
    and (cast(:aggid as uuid) is null or aggid = :aggid)
    and (cast(:until as timestamptz) is null or last_at <= :until)
    and (cast(:ids as text[]) is null or letter_id = any(:ids))
order by first_at limit :limit
"""  # noqa: S608 - constant text

PAUSE = """
insert into $S.consumer_state (consumer, source, paused) values (:consumer, '', :paused)
on conflict (consumer, source) do update set paused = excluded.paused
"""

PAUSED = "select paused from $S.consumer_state where consumer = :consumer and source = ''"

SUMMARY = """
select
    (select count(*) from $S.outbox) as outbox_pending,
    (select coalesce(extract(epoch from now() - min(recorded_at)), 0)::float from $S.outbox) as outbox_oldest_s,
    (select count(*) from $S.outbox where refusals >= :refusals) as outbox_refused,
    (select count(*) from $S.inbox where state = 'retry') as inbox_retry,
    (select count(*) from $S.inbox where state = 'running') as inbox_running,
    (select count(*) from $S.inbox where state = 'waiting') as inbox_waiting,
    (select count(*) from $S.inbox where state = 'dead') as inbox_dead,
    (select coalesce(extract(epoch from now() - min(received_at)), 0)::float from $S.inbox
        where state in ('retry', 'running', 'waiting')) as inbox_oldest_s,
    (select count(*) from $S.dlq_message where state = 'open') as broker_dead,
    (select count(*) from $S.relay_lease where expires_at > now()) as shards_carried
"""
