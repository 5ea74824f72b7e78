"""HTTP in: how submission stands, one record's timeline, and a person's word on what is stuck."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from libs.access.permissions import Permission
from libs.chassis.runtime import Runtime
from libs.contracts.tpg_sync import RecordType
from libs.errors import NotFound
from libs.tpgateway.rules.finding import blocking
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.commands import deciding
from services.tpg_sync.models import JobKind, JobState, SyncJob
from services.tpg_sync.queries.jobs import (
    JobFilter,
    Requeued,
    StuckGroup,
    list_attempts,
    requeued_jobs,
    stuck_groups,
)
from services.tpg_sync.queries.jobs import list_jobs as jobs_of
from services.tpg_sync.queries.preflight import preflight
from services.tpg_sync.queries.status import get_status as status_of
from services.tpg_sync.queries.waiting import waits
from services.tpg_sync.schemas import (
    BreakerView,
    BulkView,
    BulkWish,
    FindingView,
    JobView,
    LaneView,
    PreflightView,
    ReasonWish,
    StatusView,
    WaitView,
)
from services.tpg_sync.schemas.timeline import AttemptView, JobDetail
from services.tpg_sync.settings import SyncSettings

router = Router(prefix="/api/v1/sync", tags=["sync"])

may_view = allow(Permission.SYNC_VIEW)
may_requeue = allow(Permission.SYNC_REQUEUE)
may_discard = allow(Permission.SYNC_DISCARD)
may_hold = allow(Permission.SYNC_HOLD)


def _filter(
    state: JobState | None = None,
    record_type: RecordType | None = None,
    record_id: UUID | None = None,
    kind: JobKind | None = None,
    error_class: Annotated[str | None, Query(max_length=80)] = None,
    error_code: Annotated[str | None, Query(max_length=80)] = None,
    correlation_id: UUID | None = None,
    created_from: datetime | None = None,
    created_until: datetime | None = None,
    finished_until: datetime | None = None,
) -> JobFilter:
    return JobFilter(
        state=state,
        record_type=record_type,
        record_id=record_id,
        kind=kind,
        error_class=error_class,
        error_code=error_code,
        correlation_id=correlation_id,
        created_from=created_from,
        created_until=created_until,
        finished_until=finished_until,
    )


@router.get("/jobs", dependencies=[may_view])
async def list_jobs(uow: Uow, paging: PageQuery, wanted: Annotated[JobFilter, Depends(_filter)]) -> Page[JobView]:
    """Jobs, newest first."""
    jobs = await jobs_of(uow, wanted, before=paging.after_uuid(), limit=paging.limit + 1)
    waiting = await waits(uow, jobs)
    views = [JobView.of(job, uow.now(), waiting.get(job.id, ())) for job in jobs]
    return page(views, paging.limit, key=lambda view: view.id)


@router.get("/jobs/groups", dependencies=[may_view])
async def list_groups(
    uow: Uow, failing: Annotated[bool, Query(description="Also jobs that fail so far and are tried again.")] = False
) -> list[StuckGroup]:
    """Rejected and dead jobs that failed alike, the largest group first; its fields filter jobs and bulk requeue."""
    return list(await stuck_groups(uow, failing=failing))


@router.get("/jobs/requeued", dependencies=[may_view])
async def list_requeued(uow: Uow) -> list[Requeued]:
    """How far what was sent again has come, by kind, for as long as some of it is on its way."""
    return list(await requeued_jobs(uow))


@router.post("/jobs/requeue", dependencies=[may_requeue])
async def requeue_jobs(uow: Uow, wish: BulkWish) -> BulkView:
    """Requeue every rejected and dead job a filter finds; by default only count them."""
    wanted = JobFilter(**wish.filter.model_dump())
    bulk = await deciding.requeue_jobs(uow, wanted, dry_run=wish.dry_run, reason=wish.reason)
    return BulkView(matching=bulk.matching, requeued=bulk.requeued, dry_run=wish.dry_run)


@router.get("/jobs/{job_id}", dependencies=[may_view])
async def get_job(uow: Uow, job_id: UUID, response: Response) -> JobDetail:
    """One job with its calls."""
    job = await uow.find(SyncJob, job_id)
    if job is None:
        raise NotFound("sync job", job_id)
    etag(response, job.version)
    attempts = await list_attempts(uow, [job_id])
    waiting = await waits(uow, [job])
    detail = JobDetail(**JobView.of(job, uow.now(), waiting.get(job.id, ())).model_dump())
    detail.attempts = [AttemptView.of(attempt, job.deadline_at) for attempt in attempts]
    return detail


@router.post("/jobs/{job_id}/requeue", dependencies=[may_requeue])
async def requeue_job(uow: Uow, job_id: UUID, version: IfMatch, wish: ReasonWish, response: Response) -> JobView:
    """Send a rejected or dead job again, with the record as its owner has it then."""
    job = await deciding.requeue_job(uow, job_id, version=version, reason=wish.reason)
    etag(response, job.version)
    return JobView.of(job, uow.now())


@router.post("/jobs/{job_id}/discard", dependencies=[may_discard])
async def discard_job(uow: Uow, job_id: UUID, version: IfMatch, wish: ReasonWish, response: Response) -> JobView:
    """Give a rejected or dead job up; or a blocked one that waits for something nobody brings any more."""
    job = await deciding.discard_job(uow, job_id, version=version, reason=wish.reason)
    etag(response, job.version)
    return JobView.of(job, uow.now())


@router.get("/preflight/{record_type}/{record_id}", dependencies=[may_view])
async def get_preflight(
    uow: Uow, request: Request, record_type: RecordType, record_id: UUID, response: Response
) -> PreflightView:
    """Ask the record's owner for it now, and judge it as it would be sent; nothing is sent or kept."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    response.headers["Cache-Control"] = "no-store"
    async with Owners(runtime.peers) as owners:
        judged = await preflight(uow, owners, runtime.settings, record_type, record_id)
    return PreflightView(
        record_type=record_type,
        record_id=record_id,
        revision=judged.revision,
        remote_id=judged.remote_id,
        clean=not blocking(judged.findings),
        findings=[FindingView.of(finding) for finding in judged.findings],
        waits_for=[WaitView.of(wait) for wait in judged.waits],
    )


@router.get("/status", dependencies=[may_view])
async def get_status(uow: Uow, request: Request) -> StatusView:
    """What waits, what stops it, and how fast it goes."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    settings, now = runtime.settings, uow.now()
    status = await status_of(uow, now=now, risk_within=settings.sync_deadline_risk)
    due = status.oldest_due_at
    pace = settings.pace
    return StatusView(
        environment=settings.tpg_environment,
        counts=status.counts,
        oldest_due_at=due,
        oldest_due_seconds=max((now - due).total_seconds(), 0) if due else 0,
        deadlines_at_risk=status.deadlines_at_risk,
        lane=LaneView.of(status.lane, rate=status.lane.rate_at(pace, now), full_rate=pace.rate_per_s),
        breakers=[BreakerView.of(breaker) for breaker in status.breakers],
    )


@router.post("/lane/release", dependencies=[may_hold])
async def release_lane(uow: Uow, request: Request, wish: ReasonWish) -> LaneView:
    """Send again after credentials, certificate or key were mended."""
    runtime: Runtime[SyncSettings] = request.app.state.runtime
    lane = await deciding.release_lane(uow, reason=wish.reason)
    pace = runtime.settings.pace
    return LaneView.of(lane, rate=lane.rate_at(pace, uow.now()), full_rate=pace.rate_per_s)
