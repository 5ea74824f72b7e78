"""HTTP in: one record's way to TPGateway, step by step."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from libs.access.permissions import Permission
from libs.contracts.tpg_sync import RecordType
from libs.web.cursors import write_cursor
from libs.web.guard import allow
from libs.web.paging import LARGEST, Paging
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.tpg_sync.models.step import NextKind
from services.tpg_sync.queries.timeline import Timeline
from services.tpg_sync.queries.timeline import get_timeline as timeline_of
from services.tpg_sync.schemas import JobView
from services.tpg_sync.schemas.discrepancies import DiscrepancyView
from services.tpg_sync.schemas.timeline import (
    AttemptView,
    DutyView,
    EventView,
    HeadView,
    JobDetail,
    NextView,
    RecordView,
    StepView,
    TimelineView,
    sync_state,
)

router = Router(prefix="/api/v1/sync", tags=["sync"])
may_view = allow(Permission.SYNC_VIEW)
USUAL = 100
TIMED = (NextKind.TRY, NextKind.LOOK)


@router.get("/records/{record_type}/{record_id}", dependencies=[may_view])
async def get_timeline(
    uow: Uow,
    record_type: RecordType,
    record_id: UUID,
    limit: Annotated[int, Query(ge=1, le=LARGEST, description="At most this many steps.")] = USUAL,
    cursor: Annotated[str | None, Query(max_length=512, description="earlier_cursor of the page after.")] = None,
) -> TimelineView:
    """What was done, and will be, to bring one record to TPGateway: the latest steps, or those before them."""
    before = Paging(limit, cursor).after(datetime, int, str)
    timeline = await timeline_of(uow, record_type, record_id, before=before, limit=limit)
    return _view(timeline, uow.now())


def _view(timeline: Timeline, now: datetime) -> TimelineView:
    due_at = timeline.due_at
    return TimelineView(
        record=RecordView.of(timeline.record),
        head=_head(timeline, now),
        duties=[DutyView.of(duty, now) for duty in timeline.duties],
        steps=[
            StepView.of(step, due_at, timeline.waiting.get(step.job.id, ()) if step.job else ())
            for step in timeline.steps
        ],
        earlier_cursor=write_cursor(timeline.earlier) if timeline.earlier else None,
        next=NextView.of(timeline.next, now),
        jobs=_jobs(timeline, now),
        events=[EventView.of(envelope) for envelope in timeline.events],
        discrepancies=[DiscrepancyView.of(row, now) for row in timeline.discrepancies],
    )


def _head(timeline: Timeline, now: datetime) -> HeadView:
    due_at, met_at, coming = timeline.due_at, timeline.met_at, timeline.next
    return HeadView(
        state=sync_state(timeline.record, coming.job, timeline.discrepancies),
        due_at=due_at,
        met_at=met_at,
        headroom_seconds=(due_at - (met_at or now)).total_seconds() if due_at else None,
        next_try_at=coming.at if coming.kind in TIMED else None,
    )


def _jobs(timeline: Timeline, now: datetime) -> list[JobDetail]:
    found = []
    for job in timeline.jobs:
        detail = JobDetail(**JobView.of(job, now, timeline.waiting.get(job.id, ())).model_dump())
        calls = [attempt for attempt in timeline.attempts if attempt.job_id == job.id]
        bare = {"request": None, "response": None}
        due_at = job.deadline_at or timeline.due_at
        detail.attempts = [AttemptView.of(call, due_at).model_copy(update=bare) for call in calls]
        found.append(detail)
    return found
