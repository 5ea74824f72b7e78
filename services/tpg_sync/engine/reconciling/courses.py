"""Runs of ours that TPGateway lists for a course, and nobody here knows: RUN-02."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.vault import Vault
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.course_runs.normal import normal_listed
from libs.tpgateway.course_runs.replies import ListedRun
from services.tpg_sync.commands.discrepancies import Sighting, hold_still, note
from services.tpg_sync.engine.reconciling.concluding import sight_of
from services.tpg_sync.engine.reconciling.scene import Finding
from services.tpg_sync.models import Action, Code, Discrepancy, JobKind, SyncJob, SyncRecord, Verdict
from services.tpg_sync.queries.waiting import CALL_OUT
from services.tpg_sync.settings import SyncSettings


async def conclude_course(
    uow: UnitOfWork, course_reference: str, listed: Sequence[ListedRun], settings: SyncSettings, vault: Vault
) -> Counter[str]:
    """Note what is unknown; the caller commits. While a publish of ours may be out, nothing unknown is called so."""
    await hold_still(uow, course_reference)
    unsure = await _publishing(uow)
    known = await _known(uow, {run.id for run in listed})
    sight = sight_of(settings, vault, uow.now())
    strangers = [] if unsure else [run for run in listed if run.id not in known]
    findings = [
        Finding(
            code=Code.RUN_UNKNOWN,
            verdict=Verdict.DRIFT,
            remote_ref=run.id,
            digests=("", "", sight.digest(NormalRecord(normal_listed(run, sight.ruleset).fields))),
            suggested=Action.ASSIGN,
        )
        for run in strangers
    ]
    sightings = [
        Sighting(
            code=one.code,
            subject=one.subject,
            verdict=one.verdict,
            suggested=one.suggested,
            course_reference=course_reference,
            remote_ref=one.remote_ref,
            digests=one.digests,
        )
        for one in findings
    ]
    scope = (col(Discrepancy.code) == Code.RUN_UNKNOWN) & (col(Discrepancy.course_reference) == course_reference)
    noted = await note(uow, sightings, scope=[scope], examined=lambda _: not unsure)
    return Counter(found=len(noted.standing), opened=len(noted.opened), resolved=len(noted.resolved)) + Counter(
        f"code.{row.code}" for row in noted.standing
    )


async def _publishing(uow: UnitOfWork) -> bool:
    """Whether a run of ours may be in the list under a name that we do not know yet."""
    out = select(col(SyncJob.id)).where(col(SyncJob.kind) == JobKind.RUN_PUBLISH, col(SyncJob.state).in_(CALL_OUT))
    return (await uow.session.execute(out.limit(1))).first() is not None


async def _known(uow: UnitOfWork, names: set[str]) -> set[str]:
    """Names of ours, those that were given up included: a run is unknown only if it never was ours."""
    own = (col(SyncRecord.record_type) == RecordType.RUN) & ~col(SyncRecord.foreign)
    named = select(col(SyncRecord.remote_id), col(SyncRecord.former_ids)).where(own)
    found: set[str] = set()
    for now, before in (await uow.session.execute(named)).all():
        found |= {one for one in (now, *before) if one in names}
    return found
