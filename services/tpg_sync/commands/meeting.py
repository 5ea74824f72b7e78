"""Which recorded fact met a duty, and which recorded facts are somebody's decision: read from an extract of the log.

A duty is met by the event whose own time it keeps; the extract then names the very entry. What a person did for a
reason is told by the reason in the entry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.tpg_sync.client.evidence import Gathered
from services.tpg_sync.models import ObligationKey as Key
from services.tpg_sync.schemas.evidence.members import DecisionPart, DutiesEvidence, DutyPart, EntryRef

NOBODY: Final = frozenset({"system", "service", "none"})
"""Roles behind which no person stands."""
ACKNOWLEDGED: Final = "sync.succeeded"
MET_BY: Final[Mapping[Key, tuple[str, ...]]] = {
    Key.RUN_PUBLISH: (ACKNOWLEDGED,),
    Key.SESSIONS_SUBMIT: (ACKNOWLEDGED,),
    Key.RUN_CONFIRM: ("run.confirmed",),
    Key.TRAINER_ASSIGNED: ("run.",),
    Key.ENROLMENT_SUBMIT: (ACKNOWLEDGED, "enrolment.confirmed"),
    Key.ENROLMENT_ACK: (ACKNOWLEDGED,),
    Key.FEE_STATUS_INITIAL: (ACKNOWLEDGED, "enrolment.confirmed"),
    Key.FEE_STATUS_UPDATE: (ACKNOWLEDGED,),
    Key.ATTENDANCE_MARKED: ("attendance.", "attendance_sheet."),
    Key.ATTENDANCE_SUBMIT: (ACKNOWLEDGED, "attendance."),
    Key.ATTENDANCE_THRESHOLD_RISK: ("attendance_rate.",),
    Key.ASSESSMENT_RECORD: ("assessment_outcome.",),
    Key.ASSESSMENT_SUBMIT: (ACKNOWLEDGED, "assessment_outcome."),
    Key.MAKEUP_COMPLETE: ("attendance_rate.", "assessment_outcome."),
    Key.RECONCILE_RUN: ("sync.reconciled", ACKNOWLEDGED),
    Key.RUN_CLOSE: ("run.closed",),
    Key.CERTIFICATE_ISSUE: ("certificate.issued",),
    Key.SURVEY_NOTICE: ("run.closed",),
    Key.RECORD_RETENTION: (),
}
"""By the beginnings of their names, the likeliest first."""


class Entry(NamedTuple):
    """What of an entry of the extract is looked at here."""

    seq: int
    at: datetime
    action: str
    subject_type: str
    subject_id: UUID
    actor_id: str
    actor_role: str
    reason: str | None
    proposal_id: str | None

    def ref(self) -> EntryRef:
        return EntryRef(seq=self.seq, action=self.action, subject_type=self.subject_type, subject_id=self.subject_id)


@dataclass(frozen=True, slots=True)
class Belongings:
    """Which run, session and enrolment each record of the run is about."""

    _of: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, gathered: Gathered) -> "Belongings":
        made, run = cls(), gathered.run
        made._of[run.run_id] = {run.run_id, *(session.session_id for session in run.fact.sessions)}
        for place in gathered.enrolments.places:
            made._of[place.enrolment_id] |= {place.enrolment_id, run.run_id}
        for sheet in gathered.register.sheets:
            made._of[sheet.session_id] |= {sheet.session_id}
        for mark in gathered.register.marks:
            made._of[mark.attendance_id] |= {mark.fact.enrolment_id, mark.fact.session_id, run.run_id}
        for result in gathered.results.results:
            made._of[result.assessment_id] |= {result.fact.enrolment_id, run.run_id}
        for certificate in gathered.results.certificates:
            made._of[certificate.certificate_id] |= {certificate.enrolment_id}
        return made

    def concerns(self, entry: Entry, subject_id: UUID) -> bool:
        return subject_id in self._of.get(entry.subject_id, ())


def with_their_facts(duties: DutiesEvidence, entries: Iterable[Entry], belongings: Belongings) -> DutiesEvidence:
    """The duties, each met one with the entry that met it, where one did."""
    at: dict[datetime, list[Entry]] = defaultdict(list)
    for entry in entries:
        at[entry.at].append(entry)
    met = tuple(_met(duty, at, belongings) for duty in duties.duties)
    return duties.model_copy(update={"duties": met})


def _met(duty: DutyPart, at: Mapping[datetime, list[Entry]], belongings: Belongings) -> DutyPart:
    if duty.satisfied_at is None:
        return duty
    same = [one for one in at.get(duty.satisfied_at, ()) if belongings.concerns(one, duty.subject_id)]
    for words in MET_BY[duty.key]:
        for entry in same:
            if entry.action.startswith(words):
                return duty.model_copy(update={"met_by": entry.ref()})
    return duty


def decisions_among(entries: Iterable[Entry], gathered: Gathered) -> Iterator[DecisionPart]:
    """Everything a person did for a reason, in the order of the log."""
    asked_for = {
        str(proposal.proposal_id): proposal.proposed_by
        for result in gathered.results.results
        for proposal in result.proposals
    }
    voids = {
        result.assessment_id: proposal.proposed_by
        for result in gathered.results.results
        for proposal in result.proposals
        if proposal.kind == "void" and proposal.status == "approved"
    }
    for entry in entries:
        if entry.reason is None or entry.actor_role in NOBODY:
            continue
        asked_by = asked_for.get(entry.proposal_id or "") if entry.action == "assessment.amended" else None
        if entry.action == "assessment.voided":
            asked_by = voids.get(entry.subject_id)
        yield DecisionPart(
            seq=entry.seq,
            at=entry.at,
            action=entry.action,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            by=entry.actor_id,
            role=entry.actor_role,
            reason=entry.reason,
            asked_by=asked_by,
        )
