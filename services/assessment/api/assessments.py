"""Assessments: lists, drafts, history."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from libs.access.permissions import Permission
from libs.contracts.assessment import AssessmentStatus
from libs.contracts.tpg_sync import SyncState
from libs.web.etag import IfMatch
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.assessment.api.doors import Enterer, Reader, VaultOfService, asker_of, own_only, sees_results
from services.assessment.api.showing import shown
from services.assessment.api.views import proposal_view, revision_view, summaries
from services.assessment.commands import entering
from services.assessment.queries.assessments import (
    AssessmentFilter,
    get_assessment,
    list_assessments,
    proposals_of,
    revisions_of,
)
from services.assessment.queries.outcomes import outcome_view, outcomes_of_run
from services.assessment.schemas.assessment import (
    AssessmentDetail,
    AssessmentPatch,
    AssessmentSummary,
    AssessmentWish,
    OutcomeView,
    ProposalView,
    ReassessWish,
    RevisionView,
)

router = Router(prefix="/api/v1/assessments", tags=["assessments"])
VIEW, ENTER = Permission.ASSESSMENTS_VIEW, Permission.ASSESSMENTS_ENTER


def _filter(
    caller: Reader,
    run_id: UUID | None = None,
    enrolment_id: UUID | None = None,
    assessor_id: Annotated[UUID | None, Query(description="The account of who assessed.")] = None,
    status: Annotated[list[AssessmentStatus], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
    sync_state: Annotated[list[SyncState], Query()] = [],  # noqa: B006 - as above
    skill_code: Annotated[str | None, Query(max_length=30)] = None,
    effective: Annotated[bool | None, Query(description="Whether it is the attempt that counts.")] = None,
    waiting: Annotated[bool | None, Query(description="Whether it waits for a second person.")] = None,
    from_on: Annotated[date | None, Query(description="Assessed on this day or later.")] = None,
    to_on: Annotated[date | None, Query(description="Assessed on this day or earlier.")] = None,
    remote_id: Annotated[str | None, Query(max_length=50, description="TPGateway's assessment reference.")] = None,
) -> AssessmentFilter:
    return AssessmentFilter(
        run_id=run_id,
        enrolment_id=enrolment_id,
        assessor_id=assessor_id,
        statuses=status,
        sync_states=sync_state,
        skill_code=skill_code,
        effective=effective,
        waiting=waiting,
        from_on=from_on,
        to_on=to_on,
        remote_id=remote_id,
        only_user=own_only(caller, VIEW),
    )


@router.get("")
async def list_results(
    uow: Uow,
    caller: Reader,
    vault: VaultOfService,
    paging: PageQuery,
    wanted: Annotated[AssessmentFilter, Depends(_filter)],
) -> Page[AssessmentSummary]:
    """Assessments the caller may see, newest first."""
    rows = await list_assessments(uow, wanted, after=paging.after_uuid(), limit=paging.limit + 1)
    return page(await summaries(rows, caller, vault), paging.limit, key=lambda view: view.id)


@router.post("", status_code=201)
async def enter(
    uow: Uow, caller: Enterer, vault: VaultOfService, wish: AssessmentWish, response: Response
) -> AssessmentDetail:
    """Enter how somebody did. It is a draft: nothing is owed and nothing stands before it is finalised."""
    assessment = await entering.enter(uow, wish, vault, asker_of(caller, ENTER))
    response.headers["Location"] = f"/api/v1/assessments/{assessment.id}"
    return await shown(uow, assessment, caller, vault, response)


@router.get("/outcomes")
async def list_outcomes(uow: Uow, caller: Reader, paging: PageQuery, run_id: UUID) -> Page[OutcomeView]:
    """Everybody on a run: who may be assessed, what is missing, who has passed."""
    found = await outcomes_of_run(
        uow, run_id, after=paging.after_uuid(), limit=paging.limit + 1, only_user=own_only(caller, VIEW)
    )
    return page(found, paging.limit, key=lambda view: view.enrolment_id)


@router.get("/outcomes/{enrolment_id}")
async def get_outcome(uow: Uow, caller: Reader, enrolment_id: UUID) -> OutcomeView:
    """How an enrolment stands over all skills its course asks for."""
    return await outcome_view(uow, enrolment_id, only_user=own_only(caller, VIEW))


@router.get("/{assessment_id}")
async def get_result(
    uow: Uow, caller: Reader, vault: VaultOfService, assessment_id: UUID, response: Response
) -> AssessmentDetail:
    """An assessment with its sync state, what waits, and what the caller may do with it."""
    assessment = await get_assessment(uow, assessment_id, only_user=own_only(caller, VIEW))
    return await shown(uow, assessment, caller, vault, response)


@router.patch("/{assessment_id}")
async def change(
    uow: Uow,
    caller: Enterer,
    vault: VaultOfService,
    assessment_id: UUID,
    patch: AssessmentPatch,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """Change a draft."""
    assessment = await entering.change(uow, assessment_id, patch, vault, asker_of(caller, ENTER), version=version)
    return await shown(uow, assessment, caller, vault, response)


@router.delete("/{assessment_id}", status_code=204)
async def discard(uow: Uow, caller: Enterer, assessment_id: UUID, version: IfMatch) -> None:
    """Throw a draft away; the audit log keeps that there was one."""
    await entering.discard(uow, assessment_id, None, asker_of(caller, ENTER), version=version)


@router.post("/{assessment_id}/re-assess", status_code=201)
async def reassess(
    uow: Uow,
    caller: Enterer,
    vault: VaultOfService,
    assessment_id: UUID,
    wish: ReassessWish,
    version: IfMatch,
    response: Response,
) -> AssessmentDetail:
    """The next attempt after a fail or a voided one, as a draft; the answer is that draft."""
    draft = await entering.reassess(uow, assessment_id, wish, vault, asker_of(caller, ENTER), version=version)
    response.headers["Location"] = f"/api/v1/assessments/{draft.id}"
    return await shown(uow, draft, caller, vault, response)


@router.get("/{assessment_id}/history")
async def get_history(uow: Uow, caller: Reader, vault: VaultOfService, assessment_id: UUID) -> list[RevisionView]:
    """What the result said at each revision: who made it, when, and why."""
    await get_assessment(uow, assessment_id, only_user=own_only(caller, VIEW))
    clear, revisions = sees_results(caller), await revisions_of(uow, assessment_id)
    await vault.hold_for(each.words_sealed for each in revisions)
    return [revision_view(each, vault, clear=clear) for each in revisions]


@router.get("/{assessment_id}/proposals")
async def get_proposals(uow: Uow, caller: Reader, vault: VaultOfService, assessment_id: UUID) -> list[ProposalView]:
    """What was asked of a second person, the newest first."""
    await get_assessment(uow, assessment_id, only_user=own_only(caller, VIEW))
    clear, proposals = sees_results(caller), await proposals_of(uow, assessment_id)
    await vault.hold_for(each.values_sealed for each in proposals)
    return [proposal_view(each, vault, clear=clear) for each in proposals]
