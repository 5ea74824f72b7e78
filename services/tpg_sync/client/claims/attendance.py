"""Attendance, as its service hands it over, with the person as enrolment knows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from libs.contracts.attendance import MarkState
from libs.contracts.submissions import AttendanceSubmission, EnrolmentSubmission, RunSubmission, TraineePart
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.submissions.attendance_findings import judge
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerUnaware, ask
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.models import Ties
from services.tpg_sync.settings import SyncSettings

TAKING_BACK: Final = frozenset({MarkState.ABSENT, MarkState.UNMARKED, MarkState.VOIDED})
"""TPGateway has no word for absence: what was told before is withdrawn, and nothing else is."""


class AttendanceClaim(BaseModel):
    """Everything one upload says."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    attendance: AttendanceSubmission
    trainee: TraineePart
    course_reference: str
    mode_of_training: str | None = None

    @property
    def told(self) -> AttendanceSubmission:
        """The mark in words TPGateway has."""
        if not self.takes_back:
            return self.attendance
        return self.attendance.model_copy(update={"state": MarkState.VOIDED})

    @property
    def takes_back(self) -> bool:
        return self.attendance.state in TAKING_BACK


class AttendanceClaims(Claims[AttendanceClaim]):
    """The revision is the owner's count of what TPGateway must learn of."""

    model = AttendanceClaim

    async def fetch(self, owners: Owners, known: Known) -> AttendanceClaim | OwnerAway | OwnerUnaware:
        mark = await ask(owners, "attendance", "attendance", known.record.record_id, AttendanceSubmission)
        if not isinstance(mark, AttendanceSubmission):
            return mark
        place = await ask(owners, "enrolment", "enrolment", mark.enrolment_id, EnrolmentSubmission)
        if not isinstance(place, EnrolmentSubmission):
            return place
        mode = await _mode_of(owners, known, mark)
        if isinstance(mode, OwnerAway | OwnerUnaware):
            return mode
        return AttendanceClaim(
            attendance=mark, trainee=place.trainee, course_reference=place.course_reference, mode_of_training=mode
        )

    def revision(self, claim: AttendanceClaim) -> int:
        return claim.attendance.revision

    def ties(self, claim: AttendanceClaim) -> Ties:
        mark = claim.attendance
        return Ties(run_id=mark.run_id, session_id=mark.session_id, enrolment_id=mark.enrolment_id)

    def gone(self, claim: AttendanceClaim) -> bool:
        del claim
        return False

    def takes_back(self, claim: AttendanceClaim) -> bool:
        return claim.takes_back

    def content(self, claim: AttendanceClaim) -> Mapping[str, Any]:
        return {
            "session_id": str(claim.attendance.session_id),
            "state": claim.told.state,
            "hours": str(claim.attendance.hours),
            "trainee": claim.trainee.model_dump(mode="json"),
        }

    def findings(self, claim: AttendanceClaim, known: Known, *, settings: SyncSettings, now: datetime) -> list[Finding]:
        begins = known.calendar.start_of(claim.attendance.session_id) if known.calendar is not None else None
        return judge(
            claim.told,
            claim.trainee,
            now=now,
            mode_of_training=claim.mode_of_training,
            uen=settings.tpg_uen,
            corppass_id=settings.tpg_corppass_id,
            session_id=known.session_remote_id or None,
            course_reference=claim.course_reference,
            session_starts_at=begins,
        )


async def _mode_of(owners: Owners, known: Known, mark: AttendanceSubmission) -> str | OwnerAway | OwnerUnaware | None:
    """How the session is taught: from what course has said, or asked where nothing was heard yet."""
    heard = known.calendar.mode_of(mark.session_id) if known.calendar is not None else None
    if heard is not None:
        return heard
    run = await ask(owners, "course", "run", mark.run_id, RunSubmission)
    if not isinstance(run, RunSubmission):
        return run
    return next((one.mode_of_training for one in run.sessions if one.session_id == mark.session_id), None)
