"""How much of a run one enrolment attended, in whole minutes; never a fraction, never a float."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from libs.contracts.attendance import BelowThreshold, RateChanged
from services.attendance.models.codes import ASSESSMENT
from services.attendance.models.model import Model
from services.attendance.models.run import ClassSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a rate consists of."""

    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int
    required_pct: int
    met: bool
    reachable: bool
    at_risk: bool
    complete: bool


class Rate(Model, table=True):
    """The figures of one enrolment as they were last told."""

    __tablename__ = "rate"
    __table_args__ = (Index("rate_run_idx", "run_id", "enrolment_id"),)

    enrolment_id: UUID = Field(primary_key=True)
    run_id: UUID
    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int
    required_pct: int
    met: bool
    reachable: bool
    at_risk: bool
    complete: bool

    def follow(self, figures: Figures) -> bool:
        """Take the figures; whether any is new."""
        changed = False
        for name in Figures.__dataclass_fields__:
            value = getattr(figures, name)
            if getattr(self, name) != value:
                setattr(self, name, value)
                changed = True
        return changed

    def changed(self) -> RateChanged:
        names = RateChanged.model_fields.keys() & type(self).model_fields.keys()
        return RateChanged(**{name: getattr(self, name) for name in names})

    def below(self) -> BelowThreshold:
        return BelowThreshold(enrolment_id=self.enrolment_id, run_id=self.run_id, at_risk=self.at_risk)

    @property
    def alarm(self) -> str | None:
        """What wants attention; told when it becomes this."""
        if not self.reachable:
            return "unreachable"
        return "at_risk" if self.at_risk else None


def figures_of(
    sessions: Iterable[ClassSession],
    credited: Mapping[UUID, int],
    *,
    required_pct: int,
    over: bool,
    counts_assessments: bool = False,
) -> Figures:
    """Credited against scheduled minutes over the sessions that count.

    Counted is what was not called off and is no assessment. `credited` are minutes by session. A make-up adds to the
    numerator alone, and no more than was missed of the session it replaces (of all, when it names none).
    """
    standing = [
        each for each in sessions if not each.cancelled and (counts_assessments or each.mode_of_training != ASSESSMENT)
    ]
    regular = [each for each in standing if not each.is_makeup]
    makeups = [each for each in standing if each.is_makeup]
    scheduled = sum(each.minutes for each in regular)
    held = sum(each.minutes for each in regular if each.held)
    got = _credited(regular, makeups, credited)
    ahead = [each for each in standing if not each.held]
    best = _credited(regular, makeups, {**credited, **{each.id: each.minutes for each in ahead}}, planned_too=True)
    reachable = _enough(best, scheduled, required_pct)
    return Figures(
        credited_minutes=got,
        held_minutes=held,
        scheduled_minutes=scheduled,
        required_pct=required_pct,
        met=_enough(got, held, required_pct),
        reachable=reachable,
        at_risk=reachable and got < held and _at_risk(regular, makeups, credited, ahead, scheduled, required_pct),
        complete=over and not ahead and scheduled > 0,
    )


def _at_risk(
    regular: Sequence[ClassSession],
    makeups: Sequence[ClassSession],
    credited: Mapping[UUID, int],
    ahead: Sequence[ClassSession],
    scheduled: int,
    required_pct: int,
) -> bool:
    """Whether missing one more session of those ahead would put the rate out of reach."""
    full = {**credited, **{each.id: each.minutes for each in ahead}}
    return any(
        not _enough(_credited(regular, makeups, {**full, missed.id: 0}, planned_too=True), scheduled, required_pct)
        for missed in ahead
    )


def _enough(credited: int, of: int, required_pct: int) -> bool:
    return 100 * credited >= required_pct * of


def _credited(
    regular: Sequence[ClassSession],
    makeups: Sequence[ClassSession],
    credited: Mapping[UUID, int],
    *,
    planned_too: bool = False,
) -> int:
    counted = [each for each in regular if each.held or planned_too]
    got = {each.id: min(credited.get(each.id, 0), each.minutes) for each in counted}
    missing = {each.id: each.minutes - got[each.id] for each in counted}
    spare = 0
    for makeup in makeups:
        if not (makeup.held or planned_too):
            continue
        minutes = min(credited.get(makeup.id, 0), makeup.minutes)
        if makeup.makeup_for is None:
            spare += minutes
        elif makeup.makeup_for in missing:
            made_up = min(minutes, missing[makeup.makeup_for])
            missing[makeup.makeup_for] -= made_up
            got[makeup.makeup_for] += made_up
    return sum(got.values()) + min(spare, sum(missing.values()))
