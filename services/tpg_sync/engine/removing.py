"""Prepares the removal of what none of our records stands for: no owner is asked, TPGateway's own words are enough."""

from sqlalchemy import select
from sqlmodel import col

from services.tpg_sync.engine import payload
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.pages import UNREADABLE, Unread
from services.tpg_sync.engine.records.attendance import rows_of, session_view
from services.tpg_sync.engine.records.dealings import Sending
from services.tpg_sync.engine.records.foreign import RemoteThing, removal, voiding
from services.tpg_sync.engine.settle import Outcome
from services.tpg_sync.engine.tools import HELD_ALREADY, Prepared, Tools, attributes
from services.tpg_sync.models import Discrepancy, JobKind, SyncJob


async def prepare_foreign(tools: Tools, claimed: Claimed) -> Prepared | Outcome:
    """The call that removes it; an Outcome when it is gone already, or could not be looked at."""
    kind = JobKind(claimed.job.kind)
    thing = await _thing(tools, claimed)
    if kind is JobKind.ATTENDANCE_VOID_FOREIGN:
        return await _void_row(tools, claimed, thing)
    return _prepared(claimed, Sending(kind, removal(kind, thing, tools.settings), repeatable=True), thing)


async def _thing(tools: Tools, claimed: Claimed) -> RemoteThing:
    """By its name on the job; its course stands with the discrepancy the job is to mend."""
    job = claimed.job
    return RemoteThing(
        remote_ref=claimed.record.remote_id or job.remote_ref or "",
        run_ref=claimed.known.run_remote_id,
        course_reference=await _course_of(tools, job),
    )


async def _course_of(tools: Tools, job: SyncJob) -> str:
    statement = select(col(Discrepancy.course_reference)).where(col(Discrepancy.job_id) == job.id)
    async with tools.units.reading() as uow:
        return (await uow.session.execute(statement.limit(1))).scalar_one_or_none() or ""


async def _void_row(tools: Tools, claimed: Claimed, thing: RemoteThing) -> Prepared | Outcome:
    """The row is read first: it alone tells whom to withdraw. Withdrawing twice changes nothing."""
    view = session_view(thing.run_ref, thing.session_ref, thing.course_reference, tools.settings)
    reply = await tools.pages.one(view, attributes(claimed.job))
    if isinstance(reply, Unread):
        return Outcome(claimed=claimed, decision=reply.decision, reply=reply.reply)
    rows = rows_of(reply)
    if rows is None:
        return Outcome(claimed=claimed, decision=UNREADABLE, reply=reply)
    row = next((one for one in rows if one.row_id == thing.row_id), None)
    if row is None or row.is_voided:
        return Outcome(claimed=claimed, decision=HELD_ALREADY, reply=reply)
    call = voiding(row, thing, tools.settings)
    return _prepared(claimed, Sending(JobKind.ATTENDANCE_VOID_FOREIGN, call, repeatable=True), thing)


def _prepared(claimed: Claimed, sending: Sending, thing: RemoteThing) -> Prepared:
    """Only references are kept with the job."""
    digest = payload.digest(thing.model_dump())
    return Prepared(sending, thing, claimed.job.record_revision, digest)
