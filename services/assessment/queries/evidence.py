"""The results of a run as evidence shows them: what was met, and who decided what. Only tpg-sync may ask."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.evidence import (
    CertificateEvidence,
    OutcomeEvidence,
    OverrideEvidence,
    ProposalEvidence,
    ResultEvidence,
    ResultRevision,
    ResultsEvidence,
)
from libs.database.snapshot import at_one_moment
from libs.database.unit_of_work import UnitOfWork
from libs.outbox.heads import heads_of
from services.assessment.models.assessment import Assessment
from services.assessment.models.certificate import Certificate
from services.assessment.models.outcome import Outcome
from services.assessment.models.proposal import Override, Proposal
from services.assessment.models.revision import Revision

TOLD = ("assessment", "assessment_outcome", "certificate")


async def results_evidence(uow: UnitOfWork, run_id: UUID) -> ResultsEvidence:
    """Every attempt with its history, outcomes and certificates. Drafts that were thrown away left nothing here."""
    await at_one_moment(uow)
    attempts = list(await _rows(uow, Assessment, Assessment.run_id, [run_id], Assessment.id))
    ids = [each.id for each in attempts]
    revisions = await _by_attempt(uow, Revision, ids, Revision.number)
    proposals = await _by_attempt(uow, Proposal, ids, Proposal.id)
    overrides = await _by_attempt(uow, Override, ids, Override.id)
    outcomes = list(await _rows(uow, Outcome, Outcome.run_id, [run_id], Outcome.enrolment_id))
    certificates = list(await _rows(uow, Certificate, Certificate.run_id, [run_id], Certificate.id))
    told_of = {*ids, *(each.enrolment_id for each in outcomes), *(each.id for each in certificates)}
    return ResultsEvidence(
        run_id=run_id,
        as_of=uow.now(),
        heads=await heads_of(uow, "assessment", TOLD, told_of),
        results=tuple(
            ResultEvidence(
                assessment_id=each.id,
                fact=each.fact(),
                revisions=tuple(
                    ResultRevision(rule_version=one.rule_number, **_plain(ResultRevision, one))
                    for one in revisions[each.id]
                ),
                proposals=tuple(
                    ProposalEvidence(proposal_id=one.id, **_plain(ProposalEvidence, one)) for one in proposals[each.id]
                ),
                overrides=tuple(
                    OverrideEvidence(override_id=one.id, **_plain(OverrideEvidence, one)) for one in overrides[each.id]
                ),
                **_plain(ResultEvidence, each),
            )
            for each in attempts
        ),
        outcomes=tuple(OutcomeEvidence(**_plain(OutcomeEvidence, each)) for each in outcomes),
        certificates=tuple(
            CertificateEvidence(certificate_id=each.id, **_plain(CertificateEvidence, each)) for each in certificates
        ),
    )


async def _rows(uow: UnitOfWork, table: Any, column: Any, wanted: list[UUID], order: Any) -> Any:
    return await uow.session.scalars(select(table).where(col(column).in_(wanted)).order_by(col(order)))


async def _by_attempt(uow: UnitOfWork, table: Any, ids: list[UUID], order: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await _rows(uow, table, table.assessment_id, ids, order):
        found[row.assessment_id].append(row)
    return found


def _plain(view: Any, row: Any) -> dict[str, Any]:
    """What both have by the same name."""
    return {name: getattr(row, name) for name in view.model_fields.keys() & type(row).model_fields.keys()}
