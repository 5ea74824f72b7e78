"""Declaring a result wrong: it is kept with its reason for good, and whoever asks alone is told to wait for another."""

from uuid import UUID

from libs.database.unit_of_work import UnitOfWork
from services.assessment.commands.holding import Asker, Held, hold
from services.assessment.commands.settling import settle
from services.assessment.models.assessment import Assessment
from services.assessment.models.lifecycle import AssessmentAction
from services.assessment.models.proposal import Proposal, ProposalKind, ProposalStatus
from services.assessment.queries.assessments import open_proposal_of


async def void(uow: UnitOfWork, assessment_id: UUID, reason: str, asker: Asker, *, version: int) -> Assessment:
    """At once by who may void alone; else a request that a second person agrees to."""
    held = await hold(uow, assessment_id, asker, version=version)
    if asker.voids_alone:
        await held.require(AssessmentAction.VOID)
        await _close_open(held, asker)
        await void_held(held, asker, reason=reason)
        return held.assessment
    await held.require(AssessmentAction.REQUEST_VOID)
    request = Proposal(
        id=uow.new_id(),
        assessment_id=assessment_id,
        kind=ProposalKind.VOID,
        fields=["status"],
        reason=reason,
        proposed_by=asker.name,
        proposed_at=uow.now(),
    )
    uow.add(request)
    held.touch()
    uow.emit(held.assessment.void_requested(request.id, reason))
    return held.assessment


async def void_held(held: Held, asker: Asker, *, reason: str) -> None:
    """An earlier final attempt, if there is one, counts again; what was certified by this one is revoked."""
    held.touch()
    event = held.assessment.void(now=held.uow.now(), by=asker.name, reason=reason)
    await settle(held.uow, held.assessment, event, held.run)


async def _close_open(held: Held, asker: Asker) -> None:
    """What somebody waits for is overtaken; their own wish to void it is what happens now."""
    proposal = await open_proposal_of(held.uow, held.assessment.id)
    if proposal is None:
        return
    reason, now = "the result was voided", held.uow.now()
    if proposal.proposed_by == asker.name:
        proposal.withdraw(by=asker.name, at=now, reason=reason)
    else:
        void = proposal.kind is ProposalKind.VOID
        status = ProposalStatus.APPROVED if void else ProposalStatus.DECLINED
        proposal.decide(status, by=asker.name, at=now, reason=reason)
    if proposal.kind is ProposalKind.AMENDMENT:
        held.uow.emit(held.assessment.proposal_declined(proposal.id, reason))
