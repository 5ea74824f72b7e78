"""What course says of a run's time: deadlines hang on it, and so does when to look for official scans."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field

from libs.contracts.course import RunFact, SessionStatus
from libs.sources import singapore_day
from services.tpg_sync.models.model import Model, json_column


class RunCalendar(Model, table=True):
    """A projection of course's words about one run; the newest whole state."""

    __tablename__ = "run_calendar"

    run_id: UUID = Field(primary_key=True)
    course_id: UUID
    course_reference: str
    status: str
    start_on: date
    end_on: date
    """The last day on which anything of the run takes place, make-up sessions included."""
    dates_version: int = 1
    """Grows when a deadline may have moved."""
    sessions: dict[str, dict[str, Any]] = json_column(dict)
    """Our session id -> its start, end and mode of training, and whether it is cancelled."""

    @classmethod
    def of(cls, run_id: UUID, run: RunFact) -> Self:
        """The calendar of a run not heard of before."""
        made = cls(
            run_id=run_id,
            course_id=run.course_id,
            course_reference=run.course_reference,
            status=run.status,
            start_on=run.start_on,
            end_on=run.end_on,
        )
        made.follow(run)
        return made

    def follow(self, run: RunFact) -> None:
        """Take over what was heard last."""
        last = [singapore_day(one.end_at) for one in run.sessions if one.status is not SessionStatus.CANCELLED]
        dates = run.start_on, max([run.end_on, *last])
        if dates != (self.start_on, self.end_on):
            self.start_on, self.end_on = dates
            self.dates_version += 1
        self.course_id, self.course_reference, self.status = run.course_id, run.course_reference, run.status
        self.sessions = {
            str(one.session_id): {
                "start_at": one.start_at.isoformat(),
                "end_at": one.end_at.isoformat(),
                "mode_of_training": one.mode_of_training,
                "cancelled": one.status is SessionStatus.CANCELLED,
            }
            for one in run.sessions
        }

    def mode_of(self, session_id: UUID) -> str | None:
        """How a session is taught; None for one we have not heard of."""
        session: Mapping[str, Any] = self.sessions.get(str(session_id), {})
        mode = session.get("mode_of_training")
        return None if mode is None else str(mode)

    def start_of(self, session_id: UUID) -> datetime | None:
        session = self.sessions.get(str(session_id))
        return None if session is None else datetime.fromisoformat(session["start_at"])

    def end_of(self, session_id: UUID) -> datetime | None:
        session = self.sessions.get(str(session_id))
        return None if session is None else datetime.fromisoformat(session["end_at"])
