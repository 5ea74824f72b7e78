"""One person's attendance of one session: every transition checks, changes, and returns the fact. No I/O here."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from libs.contracts.attendance import (
    AttendanceCheckedIn,
    AttendanceCorrected,
    AttendanceEvent,
    AttendanceFact,
    AttendanceMarked,
    AttendanceMoved,
    AttendanceRejected,
    AttendanceScanSeen,
    AttendanceSyncRecorded,
    AttendanceVoided,
    MarkMethod,
    MarkState,
)
from libs.contracts.event import Change
from libs.contracts.tpg_sync import RemoteIds, SyncState
from libs.database.changes import apply, change
from libs.database.model import Record, instant, status_column
from libs.stamps.sync_stamp import SyncStamp
from services.attendance.errors import OfficialScan
from services.attendance.models.codes import ON_THE_JOB, Conflict, MarkNote
from services.attendance.models.judgement import Judgement
from services.attendance.models.lifecycle import JUDGED, UNJUDGED, MarkAction, require
from services.attendance.models.model import Model
from services.attendance.models.precedence import Precedence
from services.attendance.models.run import ClassSession

E = TypeVar("E", bound=AttendanceEvent)


def _maybe(enum: type[Any], name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} in ({', '.join(repr(str(each)) for each in enum)})", name=name)


class Attendance(Record, SyncStamp, Model, table=True):
    """A line of a sheet. It stays whatever becomes of the enrolment; `seated` says whether it had its seat in time."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("session_id", "enrolment_id", name="attendance_line_key"),
        # The lists, newest first, alone and under each filter that narrows most.
        Index("attendance_run_idx", "run_id", "id"),
        Index("attendance_enrolment_idx", "enrolment_id", "id"),
        Index("attendance_trainee_idx", "trainee_id", "id"),
        Index("attendance_state_idx", "state", "id"),
        Index("attendance_sync_idx", "sync_state", "id"),
        Index("attendance_conflict_idx", "id", postgresql_where=text("conflict is not null")),
        _maybe(MarkMethod, "method"),
        _maybe(MarkNote, "note"),
        _maybe(Conflict, "conflict"),
        CheckConstraint(
            "(state = 'present') = (present_from is not null) and (present_from is null) = (present_to is null)"
            " and present_from < present_to",
            name="present",
        ),
        CheckConstraint("minutes_credited >= 0 and (state = 'present' or minutes_credited = 0)", name="minutes"),
        CheckConstraint("state <> 'present' or submitted_at is not null", name="owed"),
        CheckConstraint("state in ('unmarked', 'checked_in') or marked_at is not null", name="judged"),
    )

    session_id: UUID = Field(foreign_key="attendance.session.id")
    run_id: UUID
    enrolment_id: UUID
    trainee_id: UUID
    seated: bool = True
    """Whether the enrolment held its seat when the session began."""
    state: MarkState = status_column(MarkState, MarkState.UNMARKED, name="state")
    method: str | None = None
    note: str | None = None
    minutes_credited: int = 0
    present_from: datetime | None = instant(default=None, nullable=True)
    present_to: datetime | None = instant(default=None, nullable=True)
    """The session's time when the person was found present: nobody is present twice at once."""
    revision: int = 0
    """The stamp's: what TPGateway must learn of. Nothing is owed before somebody is found present."""
    mark_revision: int = 0
    """Grows with every change of the line."""
    marked_by: str | None = None
    marked_at: datetime | None = instant(default=None, nullable=True)
    checked_in_at: datetime | None = instant(default=None, nullable=True)
    reason: str | None = None
    evidence: str | None = None
    scanned_at: datetime | None = instant(default=None, nullable=True)
    """When an official scan was first heard of."""
    scan_row: str | None = None
    conflict: str | None = None
    """What a person must decide, because an official scan says otherwise."""
    rank_care: int | None = None
    rank_base: int | None = None
    rank_made_at: datetime | None = instant(default=None, nullable=True)
    rank_operation: UUID | None = None

    # ------------------------------------------------------------------------------------------- judged by people

    def judge(self, judgement: Judgement, session: ClassSession) -> AttendanceEvent | None:
        """Mark, or correct what was marked; None when it says nothing new.

        Raises ActionNotAllowed for what was rejected or voided, OfficialScan where a scan says present.
        """
        require(MarkAction.CORRECT if self.state in JUDGED else MarkAction.MARK, self.state)
        if judgement.state is MarkState.ABSENT and self.scanned and self.state is MarkState.PRESENT:
            raise OfficialScan(self.id)
        first = self.state in UNJUDGED
        return self._become(judgement, session, AttendanceMarked if first else AttendanceCorrected)

    def re_mark(self, judgement: Judgement, session: ClassSession) -> AttendanceEvent | None:
        """Present after all, after it was rejected or voided."""
        require(MarkAction.RE_MARK, self.state)
        return self._become(judgement, session, AttendanceCorrected)

    def reject(self, now: datetime, by: str, precedence: Precedence, reason: str) -> AttendanceRejected:
        """The check-in is not believed."""
        require(MarkAction.REJECT, self.state)
        changes = self._leave(MarkState.REJECTED, now, by, precedence, reason)
        return self.tell(AttendanceRejected, reason=reason, changes=changes)

    def void(self, now: datetime, by: str, precedence: Precedence, reason: str) -> AttendanceVoided:
        """Declared wrong and kept. What was submitted is owed as voided."""
        require(MarkAction.VOID, self.state)
        self._owe(now)
        changes = self._leave(MarkState.VOIDED, now, by, precedence, reason)
        if self.scanned:
            changes += apply(self, {"conflict": Conflict.SCANNED_BUT_VOIDED.value})
        return self.tell(AttendanceVoided, reason=reason, changes=changes)

    # ------------------------------------------------------------------------------------------- by other ways

    def check_in(self, now: datetime) -> AttendanceCheckedIn:
        """The person showed up by the room's own code; nothing is owed before somebody confirms it."""
        require(MarkAction.CHECK_IN, self.state)
        self.mark_revision += 1
        self.checked_in_at = now
        values = {"state": MarkState.CHECKED_IN, "method": MarkMethod.LOCAL_QR.value}
        return self.tell(AttendanceCheckedIn, changes=apply(self, values))

    def scan(self, now: datetime, row: str, session: ClassSession, *, elsewhere: bool) -> AttendanceEvent | None:
        """TPGateway holds an official scan. Present by it unless somebody judged otherwise; None when it was known.

        Nothing is owed for it: TPGateway knows. What contradicts it keeps standing and is pointed out.
        """
        if self.scanned and self.scan_row == row:
            return None
        first, self.scan_row = not self.scanned, row
        self.scanned_at = self.scanned_at or now
        conflict = self._contradiction(elsewhere=elsewhere)
        if conflict is None and self.state is not MarkState.PRESENT:
            return self._present_by_scan(now, session)
        values: dict[str, Any] = {"conflict": conflict.value if conflict else None}
        if conflict is None:
            values["method"] = MarkMethod.SINGPASS_QR.value
        changes = apply(self, values)
        if not first and not changes:
            return None
        self.mark_revision += 1
        return self.tell(AttendanceScanSeen, changes=changes, conflict=conflict.value if conflict else None)

    def move_to(self, enrolment_id: UUID, trainee_id: UUID, now: datetime) -> AttendanceMoved:
        """The enrolment was replaced on the same seat: its attendance goes with it, and is owed under the new one."""
        self.mark_revision += 1
        changes = [change("enrolment_id", self.enrolment_id, enrolment_id)]
        self.enrolment_id, self.trainee_id = enrolment_id, trainee_id
        if self.state is MarkState.PRESENT:
            self._owe(now)
        return self.tell(AttendanceMoved, changes=changes)

    def synced(self, remote: RemoteIds) -> AttendanceSyncRecorded | None:
        """Note what TPGateway calls it, and that it took a voiding to heart; None when all that was known."""
        values: dict[str, Any] = {"remote_id": remote.record} if remote.record is not None else {}
        if self.sync_state is SyncState.SYNCED and self.conflict == Conflict.SCANNED_BUT_VOIDED:
            values["conflict"] = None
        return self._recorded(values)

    def settled(self) -> AttendanceSyncRecorded | None:
        """Both sides hold the same again, or a person accepted the difference; None when there was none to tell of."""
        self.settle()
        return self._recorded({"conflict": None})

    # ------------------------------------------------------------------------------------------- parts

    @property
    def scanned(self) -> bool:
        return self.scanned_at is not None

    @property
    def precedence(self) -> Precedence | None:
        return Precedence.of(self.rank_care, self.rank_base, self.rank_made_at, self.rank_operation)

    def fact(self) -> AttendanceFact:
        return AttendanceFact(
            session_id=self.session_id,
            run_id=self.run_id,
            enrolment_id=self.enrolment_id,
            state=self.state,
            method=MarkMethod(self.method) if self.method else None,
            minutes_credited=self.minutes_credited,
            revision=self.mark_revision,
            submission_revision=self.revision,
            submitted=self.submitted_at is not None,
            marked_at=self.marked_at,
        )

    def tell(self, kind: type[E], *, changes: Any = (), reason: str | None = None, **words: Any) -> E:
        """The fact about the line as it stands now; every transition ends here."""
        return kind(attendance_id=self.id, attendance=self.fact(), reason=reason, changes=tuple(changes), **words)

    def _become(
        self, judgement: Judgement, session: ClassSession, kind: type[AttendanceEvent]
    ) -> AttendanceEvent | None:
        was_present = self.state is MarkState.PRESENT
        present = judgement.state is MarkState.PRESENT
        keeps_scan = present and self.scanned
        changes = apply(
            self,
            {
                "state": judgement.state,
                "minutes_credited": judgement.minutes,
                "note": judgement.note.value if judgement.note else None,
            },
        )
        self._rank(judgement.precedence)
        if not changes:
            self.mark_revision = max(self.mark_revision, judgement.precedence.base_revision + 1)
            return None
        changes += apply(
            self,
            {
                "method": (MarkMethod.SINGPASS_QR if keeps_scan else judgement.method).value,
                "evidence": judgement.evidence or self.evidence,
            },
        )
        if self.scanned:
            changes += apply(self, {"conflict": None if present else Conflict.SCANNED_BUT_NOT_PRESENT.value})
        self._settle(session if present else None)
        self._note(judgement.at, judgement.by, judgement.precedence, judgement.reason)
        hours_matter = session.mode_of_training == ON_THE_JOB
        if present != was_present or (present and hours_matter):
            self._owe_if_news(present=present, at=judgement.at)
        late = {"late": judgement.late} if kind is AttendanceCorrected else {}
        return self.tell(kind, changes=changes, reason=judgement.reason, **late)

    def _owe_if_news(self, *, present: bool, at: datetime) -> None:
        """An absence is news only where a presence was told before."""
        if present or self.submitted_at is not None:
            self._owe(at)

    def _recorded(self, values: dict[str, Any]) -> AttendanceSyncRecorded | None:
        changes = apply(self, values)
        return self.tell(AttendanceSyncRecorded, changes=changes, sync_state=self.sync_state) if changes else None

    def _owe(self, now: datetime) -> None:
        """TPGateway must learn of this; the first time, it holds nothing yet."""
        first = self.submitted_at is None
        self.owe()
        if first:
            self.submitted_at, self.sync_state = now, SyncState.PENDING

    def _leave(
        self, state: MarkState, now: datetime, by: str, precedence: Precedence, reason: str
    ) -> tuple[Change, ...]:
        changes = apply(self, {"state": state, "minutes_credited": 0, "note": None})
        self._settle(None)
        self._rank(precedence)
        self._note(now, by, precedence, reason)
        return changes

    def _present_by_scan(self, now: datetime, session: ClassSession) -> AttendanceMarked:
        values = {
            "state": MarkState.PRESENT,
            "method": MarkMethod.SINGPASS_QR.value,
            "minutes_credited": session.minutes,
            "conflict": None,
        }
        changes = apply(self, values)
        self._settle(session)
        self.mark_revision += 1
        self.marked_at, self.marked_by = now, "tpgateway"
        if self.submitted_at is None:
            self.submitted_at = now
        if self.revision == 0:
            self.sync_state, self.acked_revision, self.acked_at = SyncState.SYNCED, 0, now
        return self.tell(AttendanceMarked, changes=changes)

    def _contradiction(self, *, elsewhere: bool) -> Conflict | None:
        if self.state is MarkState.VOIDED:
            return Conflict.SCANNED_BUT_VOIDED
        if self.state in {MarkState.ABSENT, MarkState.REJECTED}:
            return Conflict.SCANNED_BUT_NOT_PRESENT
        if not self.seated:
            return Conflict.SCANNED_WITHOUT_A_SEAT
        if elsewhere and self.state is not MarkState.PRESENT:
            return Conflict.SCANNED_ELSEWHERE_AT_ONCE
        return None

    def _settle(self, session: ClassSession | None) -> None:
        self.present_from = session.start_at if session else None
        self.present_to = session.end_at if session else None

    def _rank(self, precedence: Precedence) -> None:
        self.rank_care, self.rank_base = int(precedence.care), precedence.base_revision
        self.rank_made_at, self.rank_operation = precedence.made_at, precedence.operation_id

    def _note(self, now: datetime, by: str, precedence: Precedence, reason: str | None) -> None:
        """One more revision, above everything its maker had seen, so that later ones outrank it."""
        self.mark_revision = max(self.mark_revision, precedence.base_revision) + 1
        self.marked_at, self.marked_by, self.reason = now, by, reason
