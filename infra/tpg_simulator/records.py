"""What the gateway keeps of an accepted course run."""

import hashlib
import json
from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from infra.tpg_simulator.clock import SINGAPORE

Json = dict[str, Any]


class Session(BaseModel):
    """One session of a run: dates `YYYYMMDD`, times `HH:MM`, venue None where the mode has none."""

    model_config = ConfigDict(frozen=True)

    session_id: str
    start_date: str
    end_date: str
    start_time: str
    end_time: str
    mode: str
    venue: Json | None
    deleted: bool = False
    attendance_taken: bool = False

    @model_validator(mode="after")
    def lies_in_time(self) -> Self:
        """Refuse dates and times that no view could put in order, whoever set them."""
        for day, time in ((self.start_date, self.start_time), (self.end_date, self.end_time)):
            singapore_instant(day, time)
        return self

    @property
    def starts_at(self) -> datetime:
        return singapore_instant(self.start_date, self.start_time)

    @property
    def ends_at(self) -> datetime:
        return singapore_instant(self.end_date, self.end_time)

    def content(self) -> Json:
        """What makes two sessions equal, whatever their ids are."""
        return self.model_dump(exclude={"session_id", "deleted", "attendance_taken"})


class CourseRun(BaseModel):
    """A run as accepted; `content` has the shape of the publish request without sessions and trainers."""

    model_config = ConfigDict(frozen=True)

    run_id: int
    provider_uen: str
    course_reference: str
    content: Json
    sessions: tuple[Session, ...] = ()
    trainers: tuple[Json, ...] = ()
    published_as: str = ""
    sessions_made: int = 0
    deleted: bool = False
    changed_by: str = "api"
    created_at: AwareDatetime
    updated_at: AwareDatetime
    visible_at: AwareDatetime
    edits: int = Field(default=0, description="accepted edits by the API or in the portal")

    @property
    def live_sessions(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if not session.deleted)

    def fingerprint(self) -> str:
        """Two runs with the same one are the same run to a reader: course, provider and everything that was sent."""
        # The position in a request and the attachment say nothing about which run it is.
        content = {key: value for key, value in self.content.items() if key not in {"sequenceNumber", "file"}}
        sessions = sorted((session.content() for session in self.live_sessions), key=canonical)
        trainers = sorted(str(trainer.get("idNumber", "")).upper() for trainer in self.trainers)
        whole = [self.provider_uen, self.course_reference, content, sessions, trainers]
        return hashlib.sha256(canonical(whole).encode()).hexdigest()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def singapore_instant(day: str, time: str) -> datetime:
    return datetime.strptime(f"{day} {time}", "%Y%m%d %H:%M").replace(tzinfo=SINGAPORE)
