"""What a judgement of one run is made from: all that we hold of it, and all that TPGateway shows of it.

Holds personal data: kept in memory for the length of one judgement, never logged.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from libs.contracts.submissions import EnrolmentSubmission, RunSubmission
from libs.tpgateway.assessments.replies import AssessmentView
from libs.tpgateway.attendance.replies import AttendanceRow
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.course_runs.replies import CourseView, SessionView
from libs.tpgateway.enrolments.replies import EnrolmentView
from libs.tpgateway.normalising import normal_id
from libs.tpgateway.rules.ruleset import RuleSet
from services.tpg_sync.client.claims.assessment import AssessmentClaim
from services.tpg_sync.client.claims.attendance import AttendanceClaim
from services.tpg_sync.models import Action, Code, RecordKey, RunCalendar, SyncRecord, Verdict

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Held(Generic[C]):
    """One record of ours: as its owner has it now, and as TPGateway acknowledged it last."""

    record: SyncRecord
    ours: C = field(repr=False)
    acked: C | None = field(default=None, repr=False)
    settled: bool = True
    """Nothing is on its way to TPGateway about it, and nothing is uncertain: it may be judged."""

    @property
    def names(self) -> tuple[str, ...]:
        """What TPGateway calls it, and called it before."""
        now = () if self.record.remote_id is None else (self.record.remote_id,)
        return (*now, *self.record.former_ids)


@dataclass(frozen=True, slots=True)
class Ours:
    """All that we hold of one run and of what hangs on it."""

    run: Held[RunSubmission]
    calendar: RunCalendar | None
    enrolments: Sequence[Held[EnrolmentSubmission]] = ()
    fees: Mapping[UUID, Held[EnrolmentSubmission]] = field(default_factory=dict)
    """By enrolment: how far its fee was told, where that was told by itself."""
    marks: Sequence[Held[AttendanceClaim]] = ()
    results: Sequence[Held[AssessmentClaim]] = ()
    taken: Collection[str] = ()
    """Names at TPGateway that belong to records of ours on other runs."""
    forgotten: Collection[str] = ()
    """Names at TPGateway of what belonged to people who are erased: nothing is said of those, or kept of them."""
    unheard: bool = False
    """An owner could not tell us of a record here, so nobody unknown may be called a stranger."""
    untold_marks: Collection[tuple[UUID | None, UUID | None]] = ()
    """Session and enrolment of marks that are owed, and of which we do not know what they say: their owner could not
    tell, or they came while TPGateway was read."""

    def records(self) -> Iterator[Held[Any]]:
        """Every record of ours here, the run first."""
        yield self.run
        yield from self.enrolments
        yield from self.fees.values()
        yield from self.marks
        yield from self.results

    @property
    def run_ref(self) -> str:
        return self.run.record.remote_id or ""

    def person_of(self, enrolment_id: UUID | None) -> str:
        """The identity number, in the form rows are grouped by; empty when it is not known."""
        found = next((one for one in self.enrolments if one.record.record_id == enrolment_id), None)
        return "" if found is None else person(found)


@dataclass(frozen=True, slots=True)
class Theirs:
    """All that TPGateway shows of one run. `course` is None when it knows no such run."""

    course: CourseView | None
    sessions: Sequence[SessionView] = ()
    enrolments: Sequence[EnrolmentView] = field(default=(), repr=False)
    rows: Sequence[AttendanceRow] = field(default=(), repr=False)
    results: Sequence[AssessmentView] = field(default=(), repr=False)
    elsewhere: Mapping[str, EnrolmentView] = field(default_factory=dict, repr=False)
    """Enrolments of ours that stand on another run there, by reference."""


def without(theirs: Theirs, names: Collection[str]) -> Theirs:
    """The same without the people who hold these places, and without all that hangs on them or has such a name."""
    if not names:
        return theirs
    people = {_person_in(view) for view in (*theirs.enrolments, *theirs.elsewhere.values()) if view.reference in names}
    return replace(
        theirs,
        enrolments=[view for view in theirs.enrolments if view.reference not in names],
        elsewhere={name: view for name, view in theirs.elsewhere.items() if name not in names},
        rows=[row for row in theirs.rows if not row.person or row.person not in people],
        results=[one for one in theirs.results if not {one.reference, one.enrolment_reference} & set(names)],
    )


def _person_in(view: EnrolmentView) -> str:
    return normal_id(view.trainee.id if view.trainee else None)


@dataclass(frozen=True, slots=True)
class Sight:
    """With what eyes it is looked at: who we are there, by which rules, when; and how a digest is made."""

    uen: str
    tp_code: str
    ruleset: RuleSet
    now: datetime
    digest: Callable[[NormalRecord], str]
    """Keyed, so that nobody can try out what a digest was made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One disagreement. `record` is ours, `remote_ref` TPGateway's name; one of them may be missing."""

    code: Code
    verdict: Verdict
    key: RecordKey | None = None
    remote_ref: str | None = None
    part_id: UUID | None = None
    """The session, where it is about one."""
    enrolment_id: UUID | None = None
    fields: tuple[str, ...] = ()
    digests: tuple[str, str, str] = ("", "", "")
    """Of ours, the acknowledged and theirs; empty where there is none."""
    suggested: Action = Action.ACCEPT
    repairs: Mapping[str, str] = field(default_factory=dict)
    """What a repair needs to know beside the names: references only."""

    @property
    def subject(self) -> str:
        """What it is about; with the code, this makes two sightings the same."""
        about = self.key or (None if self.enrolment_id is None else ("seat", self.enrolment_id))
        by_name = about is None or self.code is Code.SESSION_EXTRA
        parts = ("" if about is None else f"{about[0]}:{about[1]}", self.part_id, self.remote_ref if by_name else "")
        return "|".join(str(part or "") for part in parts)


def person(held: Held[EnrolmentSubmission]) -> str:
    return normal_id(held.ours.trainee.id_number)
