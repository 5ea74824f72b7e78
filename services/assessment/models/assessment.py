"""One attempt of one person at one skill: every transition checks, changes, and returns the fact. No I/O here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from libs.contracts.assessment import (
    AmendmentDeclined,
    AmendmentProposed,
    AssessmentAmended,
    AssessmentChanged,
    AssessmentDiscarded,
    AssessmentEntered,
    AssessmentEvent,
    AssessmentFact,
    AssessmentFinalised,
    AssessmentRuleOverridden,
    AssessmentStatus,
    AssessmentSyncRecorded,
    AssessmentVoided,
    VoidDeclined,
    VoidRequested,
)
from libs.contracts.event import Change
from libs.contracts.tpg_sync import RemoteIds, SyncState
from libs.database.changes import apply, change
from libs.database.model import Record, instant, status_column
from libs.sources import singapore_day
from libs.stamps.sync_stamp import SyncStamp
from services.assessment.models.lifecycle import AssessmentAction, Standing, require
from services.assessment.models.model import Model
from services.assessment.models.rule import Rule
from services.assessment.models.words import WORD_NAMES, Opens, Vault, Words, open_words

E = TypeVar("E", bound=AssessmentEvent)

PLAIN_NAMES = ("skill_code", "assessed_on", "assessor_id")
"""What else of an assessment people say, and events may tell."""
NAME_SPELLING = "name_spelling"
"""Amended when TPGateway is to hear the person's name anew; the name itself is enrolment's."""


class Assessment(Record, SyncStamp, Model, table=True):
    """From a draft to a result that stands, is replaced by a later attempt, or is declared wrong and kept."""

    __tablename__ = "assessment"
    __table_args__ = (
        # One result counts for each person and skill.
        Index(
            "assessment_one_effective_key",
            "enrolment_id",
            "skill_code",
            unique=True,
            postgresql_where=text("effective"),
        ),
        Index(
            "assessment_one_draft_key",
            "enrolment_id",
            "skill_code",
            unique=True,
            postgresql_where=text("status = 'draft'"),
        ),
        Index("assessment_attempt_key", "enrolment_id", "skill_code", "attempt", unique=True),
        # The list, newest first, alone and under each filter that narrows most.
        Index("assessment_run_idx", "run_id", "id"),
        Index("assessment_status_idx", "status", "id"),
        Index("assessment_sync_idx", "sync_state", "id"),
        Index("assessment_assessor_idx", "assessor_id", "id"),
        Index("assessment_remote_id_idx", "remote_id"),
        CheckConstraint("attempt > 0", name="attempt"),
        CheckConstraint("not effective or status = 'final'", name="effective"),
        CheckConstraint("(status = 'draft') = (finalised_at is null)", name="finalised"),
        CheckConstraint("(status = 'draft') = (submitted_at is null)", name="submitted"),
        CheckConstraint("(status = 'draft') = (passed is null)", name="passed"),
        CheckConstraint("(status = 'voided') = (voided_at is not null and void_reason is not null)", name="voided"),
    )

    enrolment_id: UUID = Field(foreign_key="assessment.enrolment.id")
    run_id: UUID = Field(foreign_key="assessment.run.id")
    skill_code: str = Field(default="", max_length=30)
    """Empty when the course is assessed as a whole."""
    attempt: int = 1
    status: AssessmentStatus = status_column(AssessmentStatus, AssessmentStatus.DRAFT)
    effective: bool = False
    """Whether this is the result that counts: final, and followed by no later final one."""
    words_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    passed: bool | None = None
    """Whether the requirement is met; unknown while it is a draft."""
    assessed_on: date
    assessor_id: UUID | None = None
    """The account of who assessed."""
    assessor_trains: bool = False
    """Whether they were also a trainer of the run: allowed, and worth a look."""
    rule_number: int = Field(foreign_key="assessment.rule.number")
    """What it was last judged by."""
    overridden: bool = False
    """Whether minimum attendance was set aside for it."""
    late_override: bool = False
    """Whether it may lie after the time for make-ups."""
    finalised_at: datetime | None = instant(default=None, nullable=True)
    finalised_by: str | None = None
    voided_at: datetime | None = instant(default=None, nullable=True)
    voided_by: str | None = None
    void_reason: str | None = None

    # ------------------------------------------------------------------------------------------- a draft

    def entered(self, reason: str | None) -> AssessmentEntered:
        return self.tell(AssessmentEntered, reason=reason)

    def redraft(self, plain: Mapping[str, Any], words: Words, vault: Vault, rule: Rule) -> AssessmentChanged | None:
        """Change a draft; None when nothing differs."""
        changes = self._put(plain, words, vault)
        if not changes:
            return None
        self.rule_number = rule.number
        return self.tell(AssessmentChanged, changes=changes)

    def discarded(self, reason: str | None) -> AssessmentDiscarded:
        return self.tell(AssessmentDiscarded, reason=reason)

    def override(self, override_id: UUID, rule: str, reason: str) -> AssessmentRuleOverridden:
        return self.tell(AssessmentRuleOverridden, reason=reason, override_id=override_id, rule=rule)

    # ------------------------------------------------------------------------------------------- a result

    def finalise(
        self, words: Words, rule: Rule, *, now: datetime, by: str, overridden: bool, reason: str | None = None
    ) -> AssessmentFinalised:
        """It stands and is owed to TPGateway. Which attempt counts is settled apart."""
        changes = [self._become(AssessmentStatus.FINAL)]
        self.passed, self.rule_number, self.overridden = words.passed, rule.number, overridden
        self.finalised_at, self.finalised_by = now, by
        self.owe_first(now)
        return self.tell(AssessmentFinalised, reason=reason, changes=changes, overridden=overridden)

    def amend(
        self,
        plain: Mapping[str, Any],
        words: Words,
        vault: Vault,
        rule: Rule,
        *,
        reason: str,
        name_spelling: bool = False,
        proposal_id: UUID | None = None,
    ) -> AssessmentAmended:
        """Change what stands; the caller has seen that something differs."""
        changes = self._put(plain, words, vault)
        if name_spelling:
            changes.append(change(NAME_SPELLING, None, None))
        self.passed, self.rule_number = words.passed, rule.number
        self.owe()
        return self.tell(AssessmentAmended, reason=reason, changes=changes, proposal_id=proposal_id)

    def void(self, *, now: datetime, by: str, reason: str) -> AssessmentVoided:
        """Declared wrong; all it said is kept."""
        changes = [self._become(AssessmentStatus.VOIDED)]
        self.voided_at, self.voided_by, self.void_reason, self.effective = now, by, reason, False
        self.owe()
        return self.tell(AssessmentVoided, reason=reason, changes=changes)

    # ------------------------------------------------------------------------------------------- two people

    def proposed(self, proposal_id: UUID, reason: str, names: Sequence[str]) -> AmendmentProposed:
        changes = [change(name, None, None) for name in names]
        return self.tell(AmendmentProposed, reason=reason, changes=changes, proposal_id=proposal_id)

    def proposal_declined(self, proposal_id: UUID, reason: str) -> AmendmentDeclined:
        return self.tell(AmendmentDeclined, reason=reason, proposal_id=proposal_id)

    def void_requested(self, request_id: UUID, reason: str) -> VoidRequested:
        return self.tell(VoidRequested, reason=reason, request_id=request_id)

    def void_declined(self, request_id: UUID, reason: str) -> VoidDeclined:
        return self.tell(VoidDeclined, reason=reason, request_id=request_id)

    # ------------------------------------------------------------------------------------------- sync

    def synced(self, remote: RemoteIds, state: SyncState) -> AssessmentSyncRecorded | None:
        """Note what TPGateway calls it; None when that was known."""
        changes = apply(self, {"remote_id": remote.record}) if remote.record is not None else ()
        return self.tell(AssessmentSyncRecorded, changes=changes, sync_state=state) if changes else None

    # ------------------------------------------------------------------------------------------- parts

    def words(self, vault: Opens) -> Words:
        return open_words(self.words_sealed, vault, subject=self.id)

    def plain(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in PLAIN_NAMES}

    def amendable(self, rule: Rule, today: date) -> bool:
        """Whether its own assessor may still amend it without a second person."""
        return self.finalised_at is not None and today <= rule.last_amend_day(singapore_day(self.finalised_at))

    def require(self, action: AssessmentAction, standing: Standing) -> None:
        require(action, standing)

    def fact(self) -> AssessmentFact:
        return AssessmentFact(
            enrolment_id=self.enrolment_id,
            run_id=self.run_id,
            skill_code=self.skill_code,
            attempt=self.attempt,
            status=self.status,
            passed=self.passed,
            assessed_on=self.assessed_on,
            revision=self.revision,
            submitted=self.submitted_at is not None,
            rule_version=self.rule_number,
            remote_id=self.remote_id,
        )

    def tell(self, kind: type[E], *, reason: str | None = None, changes: Sequence[Change] = (), **words: Any) -> E:
        """The fact about the assessment as it stands now; every transition ends here."""
        return kind(assessment_id=self.id, assessment=self.fact(), reason=reason, changes=tuple(changes), **words)

    def _put(self, plain: Mapping[str, Any], words: Words, vault: Vault) -> list[Change]:
        """Set what differs. Of a result, only the names of what changed are told."""
        changes = list(apply(self, plain))
        names = self.words(vault).changed_to(words)
        if names:
            self.words_sealed = words.seal(vault, subject=self.id)
        return changes + [change(name, None, None) for name in names]

    def _become(self, status: AssessmentStatus) -> Change:
        before, self.status = self.status, status
        return change("status", before, status)


SEALED_NAMES = frozenset(WORD_NAMES)
"""Fields whose values never stand in an event, a log or a refusal."""
