"""What assessment keeps of a person is how they did: sealed with a key of theirs, and erased by destroying it."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlmodel import col

from libs.contracts.enrolment import TraineeErased
from libs.contracts.erasure import CopiesErased
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Unavailable
from libs.privacy.personal import PersonalVault, by_keyring, destroy_keys
from libs.web.idempotency import forget_kept_answers
from services.assessment.models.assessment import Assessment
from services.assessment.models.enrolment import Enrolment
from services.assessment.models.model import SCHEMA
from services.assessment.models.proposal import Proposal
from services.assessment.models.revision import Revision
from services.assessment.models.words import PROPOSED_WORDS, RESULT_WORDS

AT_ONCE: Final = 100


async def erase(uow: UnitOfWork, event: TraineeErased) -> None:
    """Destroy the person's key: no result, no revision and no proposal of theirs is ever read again.

    Whether they passed stays, of nobody anyone knows. Safe to repeat. Raises Unavailable, to be told again, while
    something of theirs is sealed as it was before there were keys of people's own: the worker is about to seal it anew.
    """
    if await _sealed_before(uow, event.enrolment_ids):
        raise Unavailable("Results of this person have not got their own key yet.")
    await destroy_keys(uow, SCHEMA, [event.trainee_id])
    await forget_kept_answers(uow, SCHEMA)
    uow.emit(CopiesErased(trainee_id=event.trainee_id, service="assessment"))


async def seal_anew(uow: UnitOfWork, people: PersonalVault) -> int:
    """Seal up to a hundred old values of each kind with people's own keys; returns how many. Nothing else changes."""
    found: list[tuple[Any, UUID, str, str, UUID]] = []
    for kind, column, purpose, wanted in (
        (Assessment, "words_sealed", RESULT_WORDS, _with_owner(Assessment, Assessment.words_sealed)),
        (Revision, "words_sealed", RESULT_WORDS, _with_owner(Revision, Revision.words_sealed)),
        (Proposal, "values_sealed", PROPOSED_WORDS, _with_owner(Proposal, Proposal.values_sealed)),
    ):
        locked = wanted.limit(AT_ONCE).with_for_update(of=kind, skip_locked=True)
        for row, trainee_id in await uow.session.execute(locked):
            subject = row.assessment_id if kind is Revision else row.id
            found.append((row, trainee_id, column, purpose, subject))
    await people.make(trainee_id for _, trainee_id, *_ in found)
    for row, trainee_id, column, purpose, subject in found:
        plain = people.open(getattr(row, column), purpose=purpose, subject=subject)
        setattr(row, column, people.seal_for(trainee_id, plain, purpose=purpose, subject=subject))
    return len(found)


def _with_owner(kind: Any, sealed: Any) -> Select[Any, UUID]:
    """Rows of a kind that the keyring sealed, each with whose it is."""
    wanted = select(kind, col(Enrolment.trainee_id)).select_from(kind)
    if kind is not Assessment:
        wanted = wanted.join(Assessment, col(Assessment.id) == kind.assessment_id)
    return wanted.join(Enrolment, col(Enrolment.id) == col(Assessment.enrolment_id)).where(by_keyring(sealed))


async def _sealed_before(uow: UnitOfWork, enrolment_ids: Iterable[UUID]) -> bool:
    theirs = select(col(Assessment.id)).where(col(Assessment.enrolment_id).in_(list(enrolment_ids)))
    old = or_(
        exists().where(col(Assessment.id).in_(theirs), by_keyring(Assessment.words_sealed)),
        exists().where(col(Revision.assessment_id).in_(theirs), by_keyring(Revision.words_sealed)),
        exists().where(col(Proposal.assessment_id).in_(theirs), by_keyring(Proposal.values_sealed)),
    )
    return bool((await uow.session.execute(select(old))).scalar_one())
