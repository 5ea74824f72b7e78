"""Changing a result that stands: alone inside the amend window, else proposed by one person and decided by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from libs.errors import NotFound
from libs.privacy.personal import PersonalVault
from services.assessment.commands.finalising import judged
from services.assessment.commands.holding import Asker, Held, code_of, hold, own_vault
from services.assessment.commands.settling import settle
from services.assessment.commands.voiding import void_held
from services.assessment.errors import (
    AlreadyAssessed,
    AmendNeedsSecondPerson,
    NothingToChange,
    ProposalDecided,
)
from services.assessment.models.assessment import NAME_SPELLING, Assessment
from services.assessment.models.lifecycle import AssessmentAction, takes
from services.assessment.models.proposal import Proposal, ProposalKind, ProposalStatus
from services.assessment.models.rule import Rule
from services.assessment.models.words import Vault, Words, open_values, seal_values
from services.assessment.queries.assessments import attempts_at
from services.assessment.schemas.assessment import AmendWish


async def amend(
    uow: UnitOfWork, assessment_id: UUID, wish: AmendWish, vault: PersonalVault, asker: Asker, *, version: int
) -> Assessment:
    """Change it at once. Raises AmendNeedsSecondPerson after the window, and for who only proposes."""
    held = await hold(uow, assessment_id, asker, version=version)
    standing = await held.standing()
    propose = ("propose",) if takes(AssessmentAction.PROPOSE, standing) else ()
    if not asker.amends_alone and propose:
        raise AmendNeedsSecondPerson("Your roles do not amend alone.", allowed=propose)
    if not standing.amendable and propose:
        raise AmendNeedsSecondPerson("The time to amend it alone is over.", allowed=propose)
    held.assessment.require(AssessmentAction.AMEND, standing)
    own = await own_vault(held, vault)
    await _apply(held, _values_of(wish), own, reason=wish.reason)
    return held.assessment


async def propose(
    uow: UnitOfWork, assessment_id: UUID, wish: AmendWish, vault: PersonalVault, asker: Asker, *, version: int
) -> Assessment:
    """Ask a second person for a change. It is judged now, so that nobody is asked for what could not be."""
    held = await hold(uow, assessment_id, asker, version=version)
    await held.require(AssessmentAction.PROPOSE)
    own = await own_vault(held, vault)
    names = (await _plan(held, _values_of(wish), own)).names
    proposal_id = uow.new_id()
    uow.add(
        Proposal(
            id=proposal_id,
            assessment_id=assessment_id,
            kind=ProposalKind.AMENDMENT,
            values_sealed=seal_values(wish.model_dump(mode="json", exclude_unset=True), own, subject=proposal_id),
            fields=list(names),
            reason=wish.reason,
            proposed_by=asker.name,
            proposed_at=uow.now(),
        )
    )
    held.touch()
    uow.emit(held.assessment.proposed(proposal_id, wish.reason, names))
    return held.assessment


async def approve(
    uow: UnitOfWork,
    assessment_id: UUID,
    proposal_id: UUID,
    reason: str | None,
    vault: PersonalVault,
    asker: Asker,
    *,
    version: int,
) -> Assessment:
    """Do what was asked for, in the name of both. Raises OwnProposal for who asked."""
    held = await hold(uow, assessment_id, asker, version=version)
    proposal = await _open(held, proposal_id)
    await held.require(AssessmentAction.APPROVE)
    proposal.decide(ProposalStatus.APPROVED, by=asker.name, at=uow.now(), reason=reason)
    if proposal.kind is ProposalKind.VOID:
        await void_held(held, asker, reason=proposal.reason)
    elif proposal.values_sealed is not None:
        own = await own_vault(held, vault)
        sent = AmendWish.model_validate(open_values(proposal.values_sealed, own, subject=proposal.id))
        await _apply(held, _values_of(sent), own, reason=proposal.reason, proposal_id=proposal.id)
    return held.assessment


async def decline(
    uow: UnitOfWork, assessment_id: UUID, proposal_id: UUID, reason: str, asker: Asker, *, version: int
) -> Assessment:
    """The result stands as it is. Raises OwnProposal for who asked."""
    held = await hold(uow, assessment_id, asker, version=version)
    proposal = await _open(held, proposal_id)
    await held.require(AssessmentAction.DECLINE)
    proposal.decide(ProposalStatus.DECLINED, by=asker.name, at=uow.now(), reason=reason)
    held.touch()
    _tell_end(held, proposal, reason)
    return held.assessment


async def withdraw(
    uow: UnitOfWork, assessment_id: UUID, proposal_id: UUID, reason: str, asker: Asker, *, version: int
) -> Assessment:
    """Take back what one asked for. Raises NotYourProposal for anybody else."""
    held = await hold(uow, assessment_id, asker, version=version)
    proposal = await _open(held, proposal_id)
    proposal.withdraw(by=asker.name, at=uow.now(), reason=reason)
    held.touch()
    _tell_end(held, proposal, reason)
    return held.assessment


def _tell_end(held: Held, proposal: Proposal, reason: str) -> None:
    void = proposal.kind is ProposalKind.VOID
    told = held.assessment.void_declined if void else held.assessment.proposal_declined
    held.uow.emit(told(proposal.id, reason))


async def _open(held: Held, proposal_id: UUID) -> Proposal:
    proposal = await held.uow.find(Proposal, proposal_id)
    if proposal is None or proposal.assessment_id != held.assessment.id:
        raise NotFound("proposal", proposal_id)
    if proposal.status is not ProposalStatus.OPEN:
        raise ProposalDecided(proposal_id, proposal.status.value)
    return proposal


def _values_of(wish: AmendWish) -> dict[str, Any]:
    return wish.model_dump(exclude_unset=True, exclude={"reason"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """An amendment judged and found in order, not yet made."""

    plain: Mapping[str, Any]
    words: Words
    rule: Rule
    name_spelling: bool
    names: Sequence[str]


async def _plan(held: Held, values: Mapping[str, Any], own: Vault) -> _Plan:
    """Raises RuleBroken, WrongWords, AlreadyAssessed, NothingToChange."""
    assessment, before = held.assessment, held.assessment.plain()
    plain = {name: values.get(name, value) for name, value in before.items()}
    plain["skill_code"] = code_of(plain)
    now = assessment.words(own)
    words = now.with_values(values)
    if plain["skill_code"] != assessment.skill_code:
        await _require_unassessed(held, plain["skill_code"])
    rule = await judged(held, words, skill_code=plain["skill_code"], assessed_on=plain["assessed_on"])
    spelling = bool(values.get(NAME_SPELLING))
    names = [name for name, value in before.items() if plain[name] != value]
    names += [*now.changed_to(words), *([NAME_SPELLING] if spelling else [])]
    if not names:
        raise NothingToChange
    return _Plan(plain, words, rule, spelling, names)


async def _apply(
    held: Held, values: Mapping[str, Any], own: Vault, *, reason: str, proposal_id: UUID | None = None
) -> None:
    plan, before = await _plan(held, values, own), held.assessment.skill_code
    held.touch()
    event = held.assessment.amend(
        plan.plain,
        plan.words,
        own,
        plan.rule,
        reason=reason,
        name_spelling=plan.name_spelling,
        proposal_id=proposal_id,
    )
    await settle(held.uow, held.assessment, event, held.run, before)


async def _require_unassessed(held: Held, skill_code: str) -> None:
    for each in await attempts_at(held.uow, held.enrolment.id, skill_code):
        raise AlreadyAssessed(each.id, each.status.value, allowed=("void this one and enter anew",))
