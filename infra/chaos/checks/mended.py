"""What somebody did in TPGateway's portal was found as what it was, and mended: whole, once, and nothing beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from infra.chaos.checks.messages import Counts
from infra.chaos.portal.drift import Drift, sign_of
from infra.chaos.portal.there import CONFIRMED, Likeness, Record, There, content, likeness, stands, whole


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was done in the portal since when, how TPGateway was before, and what was decided about it."""

    since: datetime
    drifts: Sequence[Drift]
    before: There
    decided: Mapping[UUID, int] = field(default_factory=dict)
    """How many discrepancies each decision about many was answered to have decided."""
    alone: int = 0
    """How many were decided one by one."""


async def mended_violations(connection: asyncpg.Connection, control: str, aftermath: Aftermath) -> Counts:
    """`control` is the simulator's control address. Needs the second comparison to be over."""
    now = await There.read(control)
    found = Counter(sign_of(dict(row)) for row in await connection.fetch(_FOUND, aftermath.since))
    wanted = Counter(drift.sign for drift in aftermath.drifts)
    return {
        "called a drift, and nobody had been in the portal": await connection.fetchval(_FALSE, aftermath.since),
        "drift not found": (wanted - found).total(),
        "found where nothing was, as something else, or twice": (found - wanted).total(),
        "not mended by the second comparison": await connection.fetchval(_UNMENDED),
        "gone without a decision": await connection.fetchval(_BY_ITSELF, aftermath.since),
        "decision about many lost or taken twice": await _decisions(connection, aftermath),
        **compared(aftermath, now),
    }


async def unmended(connection: asyncpg.Connection, control: str, aftermath: Aftermath) -> list[str]:
    """What `mended_violations` counts, in lines for whoever looks for the cause."""
    now = await There.read(control)
    found = Counter(sign_of(dict(row)) for row in await connection.fetch(_FOUND, aftermath.since))
    wanted = Counter(drift.sign for drift in aftermath.drifts)
    before = [drift for drift in aftermath.drifts if drift.was_ours and not _as_before(drift, aftermath.before, now)]
    return [
        *(f"not found: {code} {subject}" for code, subject in (wanted - found)),
        *(f"found, and nobody did it: {code} {subject}" for code, subject in (found - wanted)),
        *(f"other than before: {one.code} {one.kind} {one.key}" for one in before),
        *(f"made by nobody's order: {kind} of run or session {like[0]}" for kind, like in _surplus(aftermath, now)),
        *(f"changed by nobody's order: {kind} {key}" for kind, key in _changed(aftermath, now)),
        *(
            f"{row['code']} {row['verdict']} {row['state']} {row['refusal']}, job {row['job']}: {row['subject']}"
            for row in await connection.fetch(_OPEN, aftermath.since)
        ),
    ]


def compared(aftermath: Aftermath, now: There) -> Counts:
    """TPGateway now against TPGateway before anybody was in the portal."""
    ours = [drift for drift in aftermath.drifts if drift.was_ours]
    return {
        "there other than before": sum(not _as_before(drift, aftermath.before, now) for drift in ours),
        "made in the portal, and left there": sum(
            _left(drift, now) for drift in aftermath.drifts if not drift.was_ours
        ),
        "made twice, or by nobody's order": _surplus(aftermath, now).total(),
        "changed without an order": len(_changed(aftermath, now)),
    }


def _as_before(drift: Drift, before: There, now: There) -> bool:
    """It stands as it stood, or one that is new stands in its place and says the same."""
    was = before.records[drift.kind][drift.key]
    if drift.kind == "attendance":
        return _presence(now, was) == _presence(before, was)
    there = now.records[drift.kind].get(drift.key)
    if there is not None and stands(drift.kind, there):
        return content(drift.kind, there) == content(drift.kind, was)
    anew = [
        one
        for key, one in now.standing(drift.kind).items()
        if key not in before.records[drift.kind] and likeness(drift.kind, one) == likeness(drift.kind, was)
    ]
    return len(anew) == 1 and content(drift.kind, anew[0]) == content(drift.kind, was)


def _presence(there: There, row: Record) -> list[Record]:
    """What the newest standing row of the same person and session says."""
    rows = there.rows_of(row["session_id"], row["trainee"]["id"])
    return [content("attendance", one) for one in rows if one["status"] == CONFIRMED][-1:]


def _left(drift: Drift, now: There) -> bool:
    """Somebody scanned whom we had taken for absent is present by now; all else was to go."""
    if drift.kind == "runs" or drift.code == "ATT-02":
        return False
    return drift.key in now.standing(drift.kind)


def _changed(aftermath: Aftermath, now: There) -> list[tuple[str, str]]:
    """Kind and key of what nobody touched in the portal, and is other than it was."""
    touched = {(drift.kind, drift.key) for drift in aftermath.drifts}
    return [
        (kind, key)
        for kind, key, record in aftermath.before.all()
        if (kind, key) not in touched
        and whole(kind, record) != whole(kind, now.records[kind].get(key, {"sessions": ()}))
    ]


def _surplus(aftermath: Aftermath, now: There) -> Counter[tuple[str, Likeness]]:
    """New records that no mending was to bring, each likeness counted for itself."""
    made: Counter[tuple[str, Likeness]] = Counter(
        (kind, likeness(kind, one))
        for kind, key, one in now.all()
        if key not in aftermath.before.records[kind] and one.get("made_by", "api") == "api"
    )
    wanted = Counter((drift.kind, drift.makes) for drift in aftermath.drifts if drift.makes is not None)
    return made - wanted


async def _decisions(connection: asyncpg.Connection, aftermath: Aftermath) -> int:
    """Every answer against the discrepancies it is about, and all answers against all that was told of decisions."""
    kept = {row["bulk_id"]: row["many"] for row in await connection.fetch(_BULKS, aftermath.since)}
    asked = Counter(aftermath.decided)
    told = int(await connection.fetchval(_TOLD))
    differing = ((asked - Counter(kept)) + (Counter(kept) - asked)).total()
    return differing + abs(told - asked.total() - aftermath.alone)


_FOUND = """
select code, record_id, session_id, enrolment_id, remote_ref from tpg_sync.discrepancy where first_seen_at >= $1
"""
_FALSE = """
select count(*) from tpg_sync.discrepancy where first_seen_at < $1 and verdict in ('drift', 'conflict')
"""
_OPEN = """
select d.code, d.verdict, d.state, d.refusal, d.subject, j.kind || ' ' || j.state as job from tpg_sync.discrepancy d
left join tpg_sync.sync_job j on j.id = d.job_id
where d.state <> 'resolved' or (d.first_seen_at < $1 and d.verdict in ('drift', 'conflict'))
"""
_UNMENDED = "select count(*) from tpg_sync.discrepancy where state <> 'resolved'"
_BY_ITSELF = """
select count(*) from tpg_sync.discrepancy where first_seen_at >= $1 and state = 'resolved' and resolution is null
"""
_BULKS = """
select bulk_id, count(*) as many from tpg_sync.discrepancy
where first_seen_at >= $1 and bulk_id is not null group by 1
"""
_TOLD = "select count(*) from tpg_sync.event where aggtype = 'discrepancy' and type like '%discrepancy.decided%'"
