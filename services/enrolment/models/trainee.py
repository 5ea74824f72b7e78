"""A natural person, once: everything that tells who they are is sealed, and found by blind indexes alone."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from libs.contracts.enrolment import (
    TraineeChanged,
    TraineeCreated,
    TraineeErased,
    TraineeErasureAsked,
    TraineeErasureDeclined,
    TraineeLookedUp,
    TraineeMerged,
    TraineeRevealed,
)
from libs.contracts.event import Change
from libs.database.model import Record, instant, status_column
from libs.privacy.vault import Erased
from services.enrolment.errors import AlreadyMerged, MergeIntoSelf
from services.enrolment.models.codes import BirthPrecision, IdType, SurveyLanguage
from services.enrolment.models.model import Model
from services.enrolment.models.personal import (
    BORN_ON,
    EMAIL,
    FULL_NAME,
    ID_NUMBER,
    PHONE,
    Opens,
    Phone,
    open_phone,
    sealed_names,
)

IDENTITY = frozenset({"id_type", "id_number", "full_name", "born_on", "birth_precision"})
"""What TPGateway cannot change on an enrolment: it is cancelled there and created anew."""
CONTACT = frozenset({"email", "phone"})
"""What TPGateway takes as an update."""


class Trainee(Record, Model, table=True):
    """Identified by type and number of their identity document; a record merged away says into which.

    Sealed with the person's own key, so that an erased one is gone from wherever a value of theirs was copied to.
    """

    __tablename__ = "trainee"
    __table_args__ = (
        Index("trainee_id_number_index_key", "id_number_index", unique=True),
        # Serve the look for duplicates and the search by name, e-mail and phone.
        Index("trainee_person_index_idx", "person_index"),
        Index("trainee_full_name_index_idx", "full_name_index"),
        Index("trainee_email_index_idx", "email_index"),
        Index("trainee_phone_index_idx", "phone_index"),
        # Serves the listing of those whose retention is over.
        Index("trainee_known_idx", "id", postgresql_where=text("erased_at is null")),
        CheckConstraint("merged_into <> id", name="merged_elsewhere"),
        CheckConstraint(
            "case when erased_at is null then num_nonnulls(id_number_sealed, id_number_index, id_number_last4, "
            "full_name_sealed, full_name_index, born_on_sealed, person_index) = 7 else num_nonnulls(id_number_sealed, "
            "id_number_index, id_number_last4, full_name_sealed, full_name_index, born_on_sealed, person_index, "
            "email_sealed, email_index, phone_sealed, phone_index) = 0 end",
            name="erased",
        ),
    )

    id_type: IdType = status_column(IdType, name="id_type")
    id_number_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    id_number_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    id_number_last4: str | None = Field(default=None, max_length=4, repr=False)
    full_name_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    full_name_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    born_on_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    birth_precision: BirthPrecision = status_column(BirthPrecision, BirthPrecision.DAY, name="birth_precision")
    person_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    email_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    email_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    phone_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    phone_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    survey_language: SurveyLanguage = status_column(SurveyLanguage, SurveyLanguage.ENGLISH, name="survey_language")
    merged_into: UUID | None = Field(default=None, foreign_key="enrolment.trainee.id", index=True)

    erased_at: datetime | None = instant(default=None, nullable=True)
    """Since when nothing here tells who it was."""

    # ------------------------------------------------------------------- in clear; of who is erased, all raise Erased

    @property
    def erased(self) -> bool:
        return self.erased_at is not None

    def full_name(self, vault: Opens) -> str:
        return self._opened(self.full_name_sealed, FULL_NAME, vault)

    def id_number(self, vault: Opens) -> str:
        return self._opened(self.id_number_sealed, ID_NUMBER, vault)

    def born_on(self, vault: Opens) -> date:
        return date.fromisoformat(self._opened(self.born_on_sealed, BORN_ON, vault))

    def email(self, vault: Opens) -> str | None:
        return None if self.email_sealed is None else self._opened(self.email_sealed, EMAIL, vault)

    def phone(self, vault: Opens) -> Phone | None:
        if self.phone_sealed is None:
            return None
        return open_phone(self.phone_sealed, vault, purpose=PHONE, subject=self.id)

    def _opened(self, sealed: bytes | None, purpose: str, vault: Opens) -> str:
        if sealed is None:
            raise Erased(self.id)
        return vault.open(sealed, purpose=purpose, subject=self.id)

    # ------------------------------------------------------------------------------------------- facts

    def created(self) -> TraineeCreated:
        return TraineeCreated(trainee_id=self.id, revision=self.version)

    def changed(self, changes: tuple[Change, ...]) -> TraineeChanged:
        return TraineeChanged(trainee_id=self.id, revision=self.version, changes=plain_names(changes))

    def revealed(self, reason: str) -> TraineeRevealed:
        return TraineeRevealed(trainee_id=self.id, revision=self.version, reason=reason)

    def looked_up(self) -> TraineeLookedUp:
        return TraineeLookedUp(trainee_id=self.id, revision=self.version)

    def erasure_asked(self, reason: str) -> TraineeErasureAsked:
        return TraineeErasureAsked(trainee_id=self.id, revision=self.version, reason=reason)

    def erasure_declined(self, reason: str) -> TraineeErasureDeclined:
        return TraineeErasureDeclined(trainee_id=self.id, revision=self.version, reason=reason)

    def erase(self, now: datetime, enrolment_ids: Sequence[UUID], *, reason: str, policy_version: int) -> TraineeErased:
        """Let go of everything that tells who it was, indexes included. The caller destroys the key."""
        for column in PERSONAL:
            setattr(self, column, None)
        self.erased_at = now
        return TraineeErased(
            trainee_id=self.id,
            revision=self.version,
            enrolment_ids=tuple(enrolment_ids),
            policy_version=policy_version,
            reason=reason,
        )

    def require_unmerged(self) -> None:
        """Raise AlreadyMerged, naming the record that lives on; Erased for who is."""
        if self.erased:
            raise Erased(self.id)
        if self.merged_into is not None:
            raise AlreadyMerged(self.id, self.merged_into)

    def merge_into(self, other: "Trainee", reason: str) -> TraineeMerged:
        """The two are one person: both ids stay, `other` lives on."""
        self.require_unmerged()
        other.require_unmerged()
        if other.id == self.id:
            raise MergeIntoSelf(self.id)
        self.merged_into = other.id
        return TraineeMerged(trainee_id=self.id, revision=self.version, into_id=other.id, reason=reason)


PERSONAL = sealed_names(Trainee)


def plain_names(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Sealed columns go by the name of what they hold; their indexes are no news of their own."""
    return tuple(
        Change(field=change.field.removesuffix("_sealed"), old=change.old, new=change.new)
        for change in changes
        if not change.field.endswith(("_index", "_last4"))
    )
