"""Hundreds of drifts made in the portal: all are found, as what they are, nothing else is, and every repair holds."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from libs.telemetry.context import current, entered
from services.tpg_sync.commands.reconciling import reconcile_all
from services.tpg_sync.commands.repairing import Wish, decide
from services.tpg_sync.models import (
    CLOSED,
    Action,
    Code,
    Discrepancy,
    Reconciliation,
    ReconciliationStep,
    StepState,
    SyncJob,
)
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.drift import Case, Drifter, Sign
from services.tpg_sync.tests.drift_records import mark_of, session_id
from services.tpg_sync.tests.reconciling import turn, unresolved

FULL, BARE, ROUNDS = 6, 3, 2
SEED = 20_260_302


@pytest.fixture
def knobs() -> dict[str, Any]:
    return {"sync_reconcile_pause": timedelta(0), "tpg_total_timeout": timedelta(seconds=5), "sync_senders": 64}


@pytest.fixture
async def drifter(desk: Desk, gateway_url: str) -> AsyncIterator[Drifter]:
    async with httpx.AsyncClient(base_url=gateway_url) as portal:
        made = Drifter(desk, portal, seed=SEED)
        for number in range(FULL):
            await made.stage(number)
        for number in range(FULL, FULL + BARE):
            await made.stage(number, bare=True)
        await desk.work(8)
        desk.advance(timedelta(hours=6))
        for stage in made.stages:
            if not stage.bare:
                await made.teach(stage)
        await desk.work(8)
        yield made


async def reconcile(desk: Desk) -> Reconciliation:
    """Compare every open run now, as the worker would."""
    async with desk.stage.units.begin() as uow:
        wanted = await reconcile_all(uow, ended_after=uow.now().date())

    await turn(desk)
    async with desk.stage.units.reading() as uow:
        steps = select(ReconciliationStep).where(col(ReconciliationStep.reconciliation_id) == wanted.id)
        assert {step.state for step in (await uow.session.execute(steps)).scalars()} == {StepState.DONE}
        return await uow.get(Reconciliation, wanted.id)


def sign_of(row: Discrepancy) -> Sign:
    """Ours by our id, a seat by its enrolment, anything else by TPGateway's name."""
    by_name = row.code in {Code.SESSION_EXTRA, Code.ATTENDANCE_STRANGER} or row.record_id is row.enrolment_id is None
    subject = row.remote_ref if by_name else row.record_id or row.enrolment_id
    return row.code, row.verdict, str(row.run_id or ""), str(subject), str(row.session_id or "")


async def repair(desk: Desk, cases: Sequence[Case]) -> None:
    """Decide what each case says; where two persons are needed, two persons do."""
    wanted = {sign: case.repairs.get(sign[0]) for case in cases for sign in case.signs}
    for row in await unresolved(desk):
        action = wanted[sign_of(row)]
        if action is None:
            continue
        for _ in range(2 if row.code is Code.ENROLMENT_TWICE else 1):
            await _decide(desk, row, action)


async def _decide(desk: Desk, row: Discrepancy, action: Action) -> None:
    person = current().acting(str(desk.stage.runtime.ids.new()), "admin")
    with entered(person):
        async with desk.stage.units.begin() as uow:
            now = await uow.get(Discrepancy, row.id)
            wish = Wish(action=action, reason="seen in the portal", is_admin=True)
            await decide(uow, row.id, wish, version=now.version)


def _over(job: SyncJob) -> bool:
    return job.state in CLOSED


async def mark_scans(drifter: Drifter, told_before: int) -> None:
    """Attendance does with a scan what it does: whoever nobody marked is present, and that is told."""
    stages = {stage.run_id: stage for stage in drifter.stages}
    people = {one: (stage, index) for stage in stages.values() for index, one in enumerate(stage.people)}
    for event in (await drifter.desk.stage.told())[told_before:]:
        if event.event_type != "official_scan.seen":
            continue
        stage, index = people[UUID(event.data["enrolment_id"])]
        assert event.data["session_id"] == str(session_id(stage.number, 1))
        await drifter.desk.attend(mark_of(stage, index, method="singpass_qr", hours=None))


@pytest.mark.timeout(300)  # a minute on a quiet machine
async def test_every_drift_is_found_as_what_it_is_and_every_repair_converges(
    drifter: Drifter, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, made = drifter.desk, Counter[str]()
    first = await reconcile(desk)
    assert [sign_of(row) for row in await unresolved(desk)] == []
    assert first.counts["judged"] > FULL * 25
    for number in range(ROUNDS):
        told = len(await desk.stage.told())
        cases = await drifter.round(number)
        expected = Counter(sign for case in cases for sign in case.signs)
        await reconcile(desk)
        found = Counter(sign_of(row) for row in await unresolved(desk))
        assert (expected - found, found - expected) == (Counter(), Counter())
        made.update(sign[0] for sign in expected.elements())
        await repair(desk, cases)
        await mark_scans(drifter, told)
        await desk.work(6)
        stuck = [(job.kind, job.state, job.error_code, job.hints) for job in await desk.jobs() if not _over(job)]
        assert stuck == []
        await reconcile(desk)
        assert [sign_of(row) for row in await unresolved(desk)] == []
    with capsys.disabled():
        print(f"\n{'code':8}found")  # noqa: T201 - the table is what the corpus is for
        for code in Code:
            print(f"{code:8}{made[code]:5}")  # noqa: T201 - as above
        print(f"{'all':8}{made.total():5}")  # noqa: T201 - as above
    assert made.keys() == {code.value for code in Code}
    assert made.total() >= 300
