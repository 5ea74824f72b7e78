"""Claiming: never two of one record, in order, nearest deadline first, and no more than the rate allows."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitOfWork
from libs.testing.sample.process import until
from services.tpg_sync.commands.owing import Owed, lock_record, new_job
from services.tpg_sync.commands.owing import owe as owe_newer
from services.tpg_sync.engine.claim import Claimed, claim
from services.tpg_sync.models import JobKind, JobState, SyncJob, SyncRecord
from services.tpg_sync.tests.desk import Desk

RECORDS, EACH, CLAIMERS = 40, 5, 12


async def owe(desk: Desk, records: int, each: int) -> None:
    """Edits of many records, several each, none superseding another."""
    chance = random.Random(7)
    async with desk.stage.units.begin() as uow:
        for number in range(records):
            record = await lock_record(uow, RecordType.RUN, UUID(int=number + 1))
            for revision in range(1, each + 1):
                uow.add(_job(uow, record, revision, desk.stage.clock.now() + timedelta(days=chance.randint(1, 90))))


def _job(uow: UnitOfWork, record: SyncRecord, revision: int, deadline: datetime) -> SyncJob:
    return new_job(uow, record, JobKind.RUN_EDIT, revision=revision, deadline_at=deadline)


async def finish(desk: Desk, claimed: Sequence[Claimed]) -> None:
    async with desk.stage.units.begin() as uow:
        for item in claimed:
            job = await uow.get(SyncJob, item.job.id, for_update=True)
            job.succeed(uow.now())


async def test_twelve_claimers_never_hold_two_of_one_record_and_keep_each_ones_order(desk: Desk) -> None:
    await owe(desk, RECORDS, EACH)
    held: Counter[UUID] = Counter()
    done: dict[UUID, list[int]] = {}

    async def claimer(seed: int) -> None:
        chance = random.Random(seed)
        while True:
            claimed = await claim(desk.stage.units, desk.stage.runtime.settings, limit=chance.randint(1, 4))
            if not claimed and sum(map(len, done.values())) + sum(held.values()) >= RECORDS * EACH:
                return
            for item in claimed:
                held[item.job.record_id] += 1
                assert held[item.job.record_id] == 1
            await asyncio.sleep(0)  # let the others try for the same records
            for item in claimed:
                done.setdefault(item.job.record_id, []).append(item.job.ordinal)
            await finish(desk, claimed)
            for item in claimed:
                held[item.job.record_id] -= 1

    await asyncio.gather(*(claimer(seed) for seed in range(CLAIMERS)))
    assert sum(map(len, done.values())) == RECORDS * EACH
    assert all(ordinals == sorted(ordinals) for ordinals in done.values())


async def test_the_nearest_deadline_goes_first(desk: Desk) -> None:
    await owe(desk, 20, 1)
    claimed = await claim(desk.stage.units, desk.stage.runtime.settings, limit=20)
    deadlines = [item.job.deadline_at for item in claimed]
    assert len(deadlines) == 20
    assert deadlines == sorted(deadlines, key=str)


async def test_no_more_leave_than_the_bucket_holds(desk: Desk) -> None:
    desk.stage.runtime.settings.tpg_rate_per_s = 10.0
    desk.stage.runtime.settings.tpg_burst = 1.0
    await owe(desk, 50, 1)
    taken = 0
    for _ in range(30):
        taken += len(await claim(desk.stage.units, desk.stage.runtime.settings, limit=8))
        desk.advance(timedelta(milliseconds=100))
    assert 29 <= taken <= 31


async def test_what_is_just_being_claimed_is_not_superseded_behind_the_claimers_back(desk: Desk) -> None:
    """A newer word that comes between a claimer's look and its commit waits for it, and finds the job taken."""
    units, token = desk.stage.units, uuid4()
    await owe(desk, 1, 1)
    [before] = await desk.jobs()
    newer = Owed(record_type=RecordType.RUN, record_id=before.record_id, kind=JobKind.RUN_EDIT, revision=2)

    async def owe_it() -> None:
        async with units.begin() as uow:
            await owe_newer(uow, newer)

    async def waits() -> bool:
        waiting = text("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
        async with units.reading() as uow:
            return (await uow.session.execute(waiting)).first() is not None

    async with units.begin() as uow:
        job = await uow.get(SyncJob, before.id, for_update=True)
        job.lease(token, until=uow.now() + timedelta(minutes=1), now=uow.now())
        await uow.session.flush()
        owing = asyncio.create_task(owe_it())
        await until(waits, what="the newer word waits for the claimer")
    await owing
    first, second = sorted(await desk.jobs(), key=lambda one: one.ordinal)
    assert (first.state, first.lease_token) == (JobState.IN_FLIGHT, token)
    assert (second.state, second.record_revision) == (JobState.QUEUED, 2)
