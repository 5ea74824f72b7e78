"""Turns one reading into what is known: judged, noted, dated, told, and mended where that needs nobody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from libs.sources import SINGAPORE, singapore_day
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.rules.ruleset import ruleset_on
from services.tpg_sync.client.claims.registry import CLAIMS
from services.tpg_sync.commands.discrepancies import Noted, Sighting, hold_still, note
from services.tpg_sync.commands.mending import mend_alone
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.reconciling.attendance import present_rows, row_ref
from services.tpg_sync.engine.reconciling.holding import Standing, mark_of, standing, still, taken
from services.tpg_sync.engine.reconciling.judging import judge
from services.tpg_sync.engine.reconciling.runs import window_of
from services.tpg_sync.engine.reconciling.scene import Finding, Ours, Sight, Theirs, without
from services.tpg_sync.models import CODE_RULES, Action, Code, Discrepancy, Presence, RunCalendar, SyncRecord, Verdict
from services.tpg_sync.policy import due
from services.tpg_sync.queries.presence import at_two_places
from services.tpg_sync.settings import SyncSettings

DIGEST: Final = "sync-discrepancy-digest"
PERSON: Final = "sync-presence-person"
_SHOWN: Final = 16
_ABOUT_RUN: Final = frozenset(
    {Code.RUN_MISSING, Code.RUN_DIFFERS, Code.SESSION_MISSING, Code.SESSION_EXTRA, Code.SESSION_DIFFERS}
    | {Code.TRAINERS_DIFFER}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one step read: ours before, and theirs."""

    ours: Ours
    before: Standing
    theirs: Theirs


def sight_of(settings: SyncSettings, vault: Vault, now: datetime) -> Sight:
    """The eyes of this provider, at this moment."""

    def digest(copy: NormalRecord) -> str:
        words = "\n".join(f"{name}={value}" for name, value in sorted(copy.fields.items()))
        return vault.fingerprint(words, purpose=DIGEST).hex()[:_SHOWN]

    return Sight(settings.tpg_uen, settings.tp_code, ruleset_on(singapore_day(now)), now, digest)


async def conclude(uow: UnitOfWork, reading: Reading, settings: SyncSettings, vault: Vault) -> Counter[str]:
    """Write what a reading of a run means; the caller commits. Safe to repeat. Returns what happened how often."""
    run_id = reading.ours.run.record.record_id
    await hold_still(uow, "runs")  # one after the other: who is at two places is judged over all of them
    now_at = await standing(uow, run_id)
    names = {view.reference for view in reading.theirs.enrolments}
    names |= {view.reference for view in reading.theirs.results}
    ours = still(reading.ours, reading.before, now_at, await taken(uow, run_id, names))
    sight = sight_of(settings, vault, uow.now())
    theirs = without(reading.theirs, ours.forgotten)
    found = judge(ours, theirs, sight)
    if theirs.course is not None:
        await _note_presence(uow, ours, theirs, vault)
    reference = ours.run.ours.course_reference
    sightings = [
        _sighting(one, run_id, reference, ours.calendar, settings, uow.now())
        for one in found
        if one.verdict is not Verdict.CONVERGED
    ]
    sightings += await _at_two_places(uow, settings)
    noted = await note(
        uow,
        sightings,
        scope=[col(Discrepancy.run_id) == run_id, col(Discrepancy.code) == Code.ATTENDANCE_OVERLAP],
        examined=_Examined(ours, theirs),
    )
    converged = await _converge(uow, now_at, ours, found, vault)
    pushed = await mend_alone(uow, noted.standing, push=settings.sync_auto_push, pull=settings.sync_auto_pull)
    return _counted(ours, noted, converged, pushed)


def _counted(ours: Ours, noted: Noted, converged: int, mended: Counter[str]) -> Counter[str]:
    records = list(ours.records())
    counts: Counter[str] = Counter(
        judged=sum(one.settled for one in records),
        left_out=sum(not one.settled for one in records),
        found=len(noted.standing),
        opened=len(noted.opened),
        resolved=len(noted.resolved),
        converged=converged,
    )
    counts.update(mended)
    counts.update(Counter(f"code.{row.code}" for row in noted.standing))
    return counts


class _Examined:
    """Whether a reading could have shown a discrepancy, so that its absence means that it is gone."""

    def __init__(self, ours: Ours, theirs: Theirs) -> None:
        self._there = theirs.course is not None
        self._run_settled = ours.run.settled
        records = list(ours.records())
        self._settled = {one.record.key for one in records if one.settled}
        self._unsure = ours.unheard or any(not one.settled for one in records if one is not ours.run)

    def __call__(self, row: Discrepancy) -> bool:
        if row.code in _ABOUT_RUN:
            return self._run_settled and (self._there or row.code is Code.RUN_MISSING)
        if not self._there or row.code is Code.ATTENDANCE_OVERLAP:
            return self._there
        if row.key is None:
            return not self._unsure
        key = (RecordType.ENROLMENT, row.key[1]) if row.key[0] is RecordType.FEE else row.key
        return key in self._settled


# --------------------------------------------------------------------------------------------------------- what is due


def _sighting(
    found: Finding,
    run_id: UUID,
    course_reference: str | None,
    calendar: RunCalendar | None,
    settings: SyncSettings,
    now: datetime,
) -> Sighting:
    return Sighting(
        code=found.code,
        subject=found.subject,
        verdict=found.verdict,
        suggested=found.suggested,
        run_id=run_id,
        course_reference=course_reference,
        key=found.key,
        session_id=found.part_id,
        enrolment_id=found.enrolment_id,
        remote_ref=found.remote_ref,
        fields=found.fields,
        digests=found.digests,
        deadline_at=deadline_of(CODE_RULES[found.code].about, calendar, settings, now),
    )


def deadline_of(
    about: RecordType, calendar: RunCalendar | None, settings: SyncSettings, now: datetime
) -> datetime | None:
    """When it has to be right at TPGateway: of a run at its first session, of the rest by the policy in force."""
    if calendar is None:
        return None
    if about is RecordType.RUN:
        live = [one for one in calendar.sessions.values() if not one["cancelled"] and "start_at" in one]
        starts = [datetime.fromisoformat(one["start_at"]) for one in live]
        return min(starts, default=datetime.combine(calendar.start_on, time(), SINGAPORE))
    day: date = {RecordType.ENROLMENT: calendar.start_on, RecordType.FEE: singapore_day(now)}.get(
        about, calendar.end_on
    )
    return due(about, day, settings.tpg_provider_type).at


# ----------------------------------------------------------------------------------------------------- at two places


async def _note_presence(uow: UnitOfWork, ours: Ours, theirs: Theirs, vault: Vault) -> None:
    """Whom TPGateway shows present on this run now; sessions without times are nobody's place."""
    run_id = ours.run.record.record_id
    await uow.session.execute(delete(Presence).where(col(Presence.run_id) == run_id))
    windows = {one.id: window_of(one) for one in theirs.sessions if not one.deleted}
    parts = {name: part for part, name in ours.run.record.parts.items() if name}
    seats = {ours.person_of(one.record.record_id): one.record.record_id for one in ours.enrolments}
    marks = {(str(one.ours.attendance.session_id), one.ours.attendance.enrolment_id): one for one in ours.marks}
    for row in present_rows(theirs.rows):
        window = windows.get(row.session_id)
        if window is None or not row.person:
            continue
        part, seat = parts.get(row.session_id), seats.get(row.person)
        mark = marks.get((part, seat)) if part is not None and seat is not None else None
        uow.add(
            Presence(
                run_id=run_id,
                session_ref=row.session_id,
                person=vault.blind_index(row.person, purpose=PERSON),
                starts_at=window[0],
                ends_at=window[1],
                row_ref=row_ref(row),
                session_id=None if part is None else UUID(part),
                enrolment_id=seat,
                attendance_id=None if mark is None else mark.record.record_id,
            )
        )
    await uow.session.flush()


async def _at_two_places(uow: UnitOfWork, settings: SyncSettings) -> list[Sighting]:
    """Both sides of everybody present on two runs at the same time: neither is more wrong.

    Looked for over all runs each time: what is read of one can end what was found on another.
    """
    sides = await at_two_places(uow)
    calendars = {one: await uow.find(RunCalendar, one) for one in {side.run_id for side in sides}}
    return [_overlapping(side, calendars[side.run_id], settings, uow.now()) for side in sides]


def _overlapping(side: Presence, calendar: RunCalendar | None, settings: SyncSettings, now: datetime) -> Sighting:
    finding = Finding(
        code=Code.ATTENDANCE_OVERLAP,
        verdict=Verdict.CONFLICT,
        key=None if side.attendance_id is None else (RecordType.ATTENDANCE, side.attendance_id),
        remote_ref=side.row_ref,
        part_id=side.session_id,
        enrolment_id=side.enrolment_id,
        digests=("", "", side.person.hex()[:_SHOWN]),
        suggested=Action.ASSIGN,
    )
    reference = None if calendar is None else calendar.course_reference
    return _sighting(finding, side.run_id, reference, calendar, settings, now)


# ------------------------------------------------------------------------------------------------------------ converged


async def _converge(uow: UnitOfWork, now_at: Standing, ours: Ours, found: Sequence[Finding], vault: Vault) -> int:
    """Where both sides came to say the same, that counts as acknowledged from now on."""
    differing = {one.key for one in found if one.verdict is not Verdict.CONVERGED}
    agreed = {one.key for one in found if one.verdict is Verdict.CONVERGED} - differing
    held = {one.record.key: one for one in ours.records()}
    people = payload.people_of(vault, uow)
    for kind, record_id in sorted(key for key in agreed if key is not None):
        key = (kind, record_id) if (kind, record_id) in held else (RecordType.ENROLMENT, record_id)
        before = now_at.mark_of(key)
        record = await uow.get(SyncRecord, key, for_update=True)
        if mark_of(record) != before:
            continue  # a call came home meanwhile, and knows better
        claim, claims = held[key].ours, CLAIMS[key[0]]
        record.acked_revision, record.acked_at = claims.revision(claim), uow.now()
        record.acked_hash = payload.digest(claims.content(claim))
        await payload.hold_for(people, [claim])
        record.acked_enc = payload.seal(people, claim, record_id)
    return len(agreed)
