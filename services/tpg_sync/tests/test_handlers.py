"""Which fact makes which job, and which makes none."""

import pytest

from libs.contracts.course import RunChanged, RunEnded, RunEvent, RunSessionsChanged, RunStatus
from services.tpg_sync.handlers import handlers
from services.tpg_sync.tests.desk import Desk, fact_of
from services.tpg_sync.tests.samples import run


def test_records_are_heard_whole_and_in_order() -> None:
    assert set(handlers.bindings()) >= {"assessment.#", "attendance.#", "course.#", "enrolment.#", "run.#", "sync.#"}
    assert {handlers.mode(kind) for kind in ("run", "enrolment", "attendance", "assessment")} == {"ordered"}


@pytest.mark.parametrize("event", [RunChanged, RunSessionsChanged])
async def test_a_change_of_a_draft_is_nobodys_business(desk: Desk, event: type[RunEvent]) -> None:
    await desk.hear(event(run_id=run().run_id, run=fact_of(run(), RunStatus.DRAFT)))
    assert await desk.jobs() == []


@pytest.mark.parametrize("status", [RunStatus.OPEN, RunStatus.CONFIRMED, RunStatus.IN_PROGRESS, RunStatus.ENDED])
async def test_a_change_of_a_published_run_is_owed(desk: Desk, status: RunStatus) -> None:
    await desk.publish()
    await desk.hear(RunChanged(run_id=run().run_id, run=fact_of(run(revision=2), status)))
    assert [kind for kind, _ in await desk.states()] == ["run.publish", "run.edit"]


async def test_an_end_owes_something_only_when_it_changed_something(desk: Desk) -> None:
    await desk.publish()
    await desk.hear(RunEnded(run_id=run().run_id, run=fact_of(run(), RunStatus.ENDED)))
    assert len(await desk.jobs()) == 1
    await desk.hear(RunEnded(run_id=run().run_id, run=fact_of(run(revision=2), RunStatus.ENDED)))
    assert len(await desk.jobs()) == 2


async def test_a_job_knows_its_deadline_and_its_journey(desk: Desk) -> None:
    await desk.publish()
    [job] = await desk.jobs()
    assert job.deadline_at is not None
    assert job.deadline_at.isoformat() == "2026-03-23T01:00:00+00:00", "the first session, 09:00 in Singapore"
    assert job.correlation_id == desk.stage.context.correlation_id
