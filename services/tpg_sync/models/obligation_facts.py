"""What events have told, as far as duties hang on it.

Each part is kept from one aggregate's words alone, so the order in which aggregates are heard does not matter.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.attendance import BelowThreshold, RateChanged
from libs.contracts.course import (
    RunClosed,
    RunConfirmed,
    RunEvent,
    RunFact,
    RunReopened,
    RunStatus,
    SessionStatus,
)
from libs.contracts.enrolment import EnrolmentEvent, EnrolmentFact, EnrolmentFeeChanged, EnrolmentStatus
from libs.sources import singapore_day

PUBLISHED = frozenset({RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS, RunStatus.ENDED, RunStatus.CLOSED})
GONE = frozenset({RunStatus.CANCELLED, RunStatus.DISCARDED})
OVER = frozenset({RunStatus.ENDED, RunStatus.CLOSED})
ENROLLED = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN})
"""What TPGateway holds as enrolled."""
TRAINER_ROLE = 1


class Drift(BaseModel):
    """TPGateway's copy of one record moved; `until` once nothing is left of it."""

    since: datetime
    until: datetime | None = None


class SessionFacts(BaseModel):
    start_at: datetime
    end_at: datetime
    mode: str
    held: bool
    known_since: datetime


class SheetFacts(BaseModel):
    locked_at: datetime | None = None
    unmarked: int = 0


class RunFacts(BaseModel):
    """A run as course tells it, its seats as enrolment counts them, its sheets, and what TPGateway holds of it."""

    status: RunStatus | None = None
    opens_on: date | None = None
    """When registration opens; files begun by an older program learn it with course's next word."""
    start_on: date | None = None
    end_on: date | None = None
    sessions: dict[UUID, SessionFacts] = {}
    """Those that take place."""
    created_at: datetime | None = None
    published_at: datetime | None = None
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    trained_since: datetime | None = None
    seats: int = 0
    there_since: datetime | None = None
    named: dict[UUID, datetime] = {}
    """Sessions TPGateway has named, and since when."""
    sheets: dict[UUID, SheetFacts] = {}
    drift: Drift | None = None

    @property
    def planned(self) -> bool:
        return self.status is not None and self.status not in GONE

    @property
    def published(self) -> bool:
        return self.status in PUBLISHED

    @property
    def over(self) -> bool:
        return self.status in OVER

    @property
    def first_at(self) -> datetime | None:
        return min((one.start_at for one in self.sessions.values()), default=None)

    @property
    def last_at(self) -> datetime | None:
        return max((one.end_at for one in self.sessions.values()), default=None)

    @property
    def last_on(self) -> date | None:
        """The last day on which anything of it takes place, make-up sessions included."""
        days = [singapore_day(one.end_at) for one in self.sessions.values()]
        return max([*days, *([self.end_on] if self.end_on else [])], default=None)

    def follow(self, event: RunEvent, at: datetime) -> None:
        """Take over what course said at this instant."""
        run = event.run
        self.status, self.start_on, self.end_on = run.status, run.start_on, run.end_on
        self.opens_on = run.registration_opens_on
        self.created_at = self.created_at or at
        if self.published:
            self.published_at = self.published_at or at
        if isinstance(event, RunConfirmed):
            self.confirmed_at = self.confirmed_at or at
        if isinstance(event, RunClosed):
            self.closed_at = at
        if isinstance(event, RunReopened):
            self.closed_at = None
        trained = any(TRAINER_ROLE in link.roles for link in run.trainers)
        self.trained_since = (self.trained_since or at) if trained else None
        self._follow_sessions(run, at)

    def _follow_sessions(self, run: RunFact, at: datetime) -> None:
        known = self.sessions
        self.sessions = {
            one.session_id: SessionFacts(
                start_at=one.start_at,
                end_at=one.end_at,
                mode=one.mode_of_training,
                held=one.status is SessionStatus.HELD,
                known_since=known[one.session_id].known_since if one.session_id in known else at,
            )
            for one in run.sessions
            if one.status is not SessionStatus.CANCELLED
        }


class RateFacts(BaseModel):
    """How one enrolment's attendance stands. `*_since` name when it first stood so, and are None while it does not."""

    ceiling: int = 0
    """What could be credited at the most when the risk was told: once more can be, the risk has passed."""
    most: int = 0
    risk_since: datetime | None = None
    risk_until: datetime | None = None
    lost: bool = False
    short_since: datetime | None = None
    """First found below the required rate with everything held."""
    met_since: datetime | None = None

    def follow(self, event: RateChanged, at: datetime) -> None:
        self.most = event.credited_minutes + event.scheduled_minutes - event.held_minutes
        self.lost = not event.reachable
        if self.lost:
            self._risk(at)
        elif self.risk_since and not self.risk_until and (event.complete or self.most > self.ceiling):
            self.risk_until = at
        if event.complete and not event.met:
            self.short_since = self.short_since or at
        self.met_since = (self.met_since or at) if event.complete and event.met else None

    def warn(self, event: BelowThreshold, at: datetime) -> None:
        self.lost = not event.at_risk
        self.ceiling = self.most
        self._risk(at)

    def _risk(self, at: datetime) -> None:
        if self.risk_since is None or self.risk_until is not None:
            self.risk_since, self.risk_until = at, None


class OutcomeFacts(BaseModel):
    """Whether one enrolment has passed over all its course asks for."""

    decided_since: datetime | None = None
    passed_since: datetime | None = None
    failed_since: datetime | None = None
    """First found failed."""

    def follow(self, *, decided: bool, passed: bool, at: datetime) -> None:
        self.decided_since = (self.decided_since or at) if decided else None
        self.passed_since = (self.passed_since or at) if decided and passed else None
        if decided and not passed:
            self.failed_since = self.failed_since or at


class Ack(BaseModel):
    revision: int
    at: datetime


class EnrolmentFacts(BaseModel):
    """An enrolment as enrolment tells it, and what TPGateway, attendance and assessment say of it."""

    status: EnrolmentStatus | None = None
    submitted: bool = False
    confirmed_at: datetime | None = None
    seated_from: datetime | None = None
    seated_until: datetime | None = None
    fee_changes: dict[int, datetime] = {}
    queued_at: datetime | None = None
    there_since: datetime | None = None
    fee_acks: list[Ack] = []
    rate: RateFacts = RateFacts()
    outcome: OutcomeFacts = OutcomeFacts()
    certificates: dict[UUID, datetime] = {}
    """Those that hold."""
    drift: Drift | None = None

    @property
    def enrolled(self) -> bool:
        return self.submitted and self.status in ENROLLED

    def follow(self, event: EnrolmentEvent, at: datetime) -> None:
        """Take over what enrolment said at this instant."""
        fact: EnrolmentFact = event.enrolment
        self.status, self.submitted = fact.status, fact.submitted
        self.seated_from, self.seated_until = fact.seated_from, fact.seated_until
        if not self.enrolled:
            self.confirmed_at = None
            return
        self.confirmed_at = self.confirmed_at or at
        if isinstance(event, EnrolmentFeeChanged):
            self.fee_changes = {**self.fee_changes, fact.fee_revision: self.fee_changes.get(fact.fee_revision, at)}

    def sits_in(self, session: SessionFacts) -> bool:
        """Whether attendance of the session may be taken for it."""
        began = self.seated_from or self.confirmed_at
        if began is None or began > session.start_at:
            return False
        return self.seated_until is None or self.seated_until > session.start_at

    def fee_told(self, revision: int) -> datetime | None:
        """Since when TPGateway holds this revision of the fee status, or a newer one."""
        return min((ack.at for ack in self.fee_acks if ack.revision >= revision), default=None)
