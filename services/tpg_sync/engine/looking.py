"""Reads for one job: what became of a call, and what TPGateway calls the parts of a record."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from functools import partial

from pydantic import BaseModel
from sqlalchemy import select
from sqlmodel import col

from libs.errors import Refused
from services.tpg_sync.engine.claim import Claimed
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.records.dealings import Elsewhere, Found, Search
from services.tpg_sync.engine.settle import Outcome
from services.tpg_sync.engine.tools import HELD_ALREADY, REJECTED_AS_ERASED, Tools, attributes, outcome_of, stored
from services.tpg_sync.models import JobState, SyncJob, SyncRecord


async def look(tools: Tools, claimed: Claimed) -> Outcome:
    """Read back a call whose end is not known."""
    job, now = claimed.job, tools.units.clock.now()
    if job.payload_enc is None:
        raise Refused(f"job {job.id} is looked for, but what it sent was not kept")
    claim = await stored(tools, job, job.payload_enc)
    if claim is None:
        return Outcome(claimed=claimed, decision=REJECTED_AS_ERASED)
    search = Search(job, claimed.known, partial(_elsewhere, tools, job), now, attributes(job))
    found = await tools.dealings_of(job).look(tools.pages, claim, search)
    if not found.whole:
        found = replace(found, decision=replace(found.decision, next=Next.VERIFY))
    return outcome_of(claimed, found)


async def _elsewhere(tools: Tools, job: SyncJob, seen: Collection[str]) -> Elsewhere:
    """Other creates whose end is not known, and those of the remote records seen that belong to others of ours.

    Asked in this order: a create that ends between the two questions is in the second answer.
    """
    open_forms = select(col(SyncJob.natural_form)).where(
        col(SyncJob.state).in_((JobState.IN_FLIGHT, JobState.VERIFYING)),
        col(SyncJob.record_type) == job.record_type,
        col(SyncJob.id) != job.id,
        col(SyncJob.natural_form).is_not(None),
    )
    bound = select(col(SyncRecord.remote_id)).where(
        col(SyncRecord.record_type) == job.record_type,
        col(SyncRecord.remote_id).in_(seen),
        col(SyncRecord.record_id) != job.record_id,
    )
    async with tools.units.reading() as uow:
        forms = [form for form in (await uow.session.execute(open_forms)).scalars() if form]
        taken = {remote_id for remote_id in (await uow.session.execute(bound)).scalars() if remote_id}
    return Elsewhere(bound=taken, forms=forms)


async def learn_names(tools: Tools, claimed: Claimed) -> Outcome:
    job = claimed.job
    if job.payload_enc is None or claimed.record.remote_id is None:
        return Outcome(claimed=claimed, decision=HELD_ALREADY, superseded=True)
    claim = await stored(tools, job, job.payload_enc)
    if claim is None:
        return Outcome(claimed=claimed, decision=REJECTED_AS_ERASED)
    return outcome_of(claimed, await _names(tools, claimed, claim))


async def _names(tools: Tools, claimed: Claimed, claim: BaseModel) -> Found:
    return await tools.dealings_of(claimed.job).learn_names(tools.pages, claim, claimed.known, attributes(claimed.job))


async def name_first(tools: Tools, claimed: Claimed, claim: BaseModel) -> Outcome:
    """An edit must name every session TPGateway has, or it would add it a second time: read the names, then send."""
    found = await _names(tools, claimed, claim)
    if found.effect is not None:
        again = Decision(Next.RETRY, delay=timedelta(0), error_class="reading", error_code="session_names_read")
        found = replace(found, decision=again)
    return outcome_of(claimed, found)
