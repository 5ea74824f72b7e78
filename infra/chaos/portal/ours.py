"""What we call the records that TPGateway holds, so that what is done to theirs can be recognised in ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody's line on a sheet; `told` says whether TPGateway was ever owed it."""

    attendance_id: UUID
    enrolment_id: UUID
    session_id: UUID
    state: str
    told: bool


@dataclass(frozen=True, slots=True)
class Ours:
    """Names in both directions."""

    runs: Mapping[str, UUID]
    """Those that take place and have not begun, by TPGateway's name."""
    bare: frozenset[str]
    """Of these, the ones nobody was ever enrolled on."""
    sessions: Mapping[str, UUID]
    places: Mapping[str, UUID]
    results: Mapping[str, UUID]
    names: Mapping[UUID, str]
    """TPGateway's name of an enrolment or a session."""
    marks: Sequence[Mark]

    @classmethod
    async def read(cls, url: str) -> "Ours":
        """From the system's own tables. Needs it at rest."""
        connection = await asyncpg.connect(url, timeout=10)
        try:
            runs = await connection.fetch(_RUNS)
            sessions = await connection.fetch(_SESSIONS)
            records = await connection.fetch(_RECORDS)
            marks = await connection.fetch(_MARKS)
        finally:
            await connection.close()
        places = {row["remote_id"]: row["record_id"] for row in records if row["record_type"] == "enrolment"}
        named = {row["remote_id"]: row["id"] for row in sessions}
        return cls(
            runs={row["remote_id"]: row["id"] for row in runs},
            bare=frozenset(row["remote_id"] for row in runs if row["bare"]),
            sessions=named,
            places=places,
            results={row["remote_id"]: row["record_id"] for row in records if row["record_type"] == "assessment"},
            names={ours: theirs for theirs, ours in (*places.items(), *named.items())},
            marks=[Mark(**dict(row)) for row in marks],
        )


_RUNS = """
select r.record_id as id, r.remote_id,
    not exists (select 1 from enrolment.enrolment e where e.run_id = r.record_id) as bare
from tpg_sync.sync_record r join course.course_run c on c.id = r.record_id
where r.record_type = 'run' and r.remote_id is not null and c.status = 'open' order by r.remote_id
"""
_SESSIONS = """
select p.key::uuid as id, p.value as remote_id from tpg_sync.sync_record r, jsonb_each_text(r.parts::jsonb) p
where r.record_type = 'run' and p.value is not null
"""
_RECORDS = """
select record_type, record_id, remote_id from tpg_sync.sync_record
where record_type in ('enrolment', 'assessment') and remote_id is not null and not ended and not "foreign"
order by remote_id
"""
_MARKS = """
select a.id as attendance_id, a.enrolment_id, a.session_id, a.state, a.submitted_at is not null as told
from attendance.attendance a order by a.id
"""
