"""Records wait for the records they hang on, whatever the order in which their facts are heard."""

import itertools
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentCancelled, EnrolmentConfirmed, EnrolmentReplaced
from libs.contracts.submissions import RunSubmission
from libs.contracts.tpg_sync import RecordType
from libs.testing.clock import TestClock
from services.tpg_sync.commands.waiting import sweep_waiting
from services.tpg_sync.models import CLOSED, JobState
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import employer, enrolment, mark, result, run, session

JOBS = "/api/v1/sync/jobs"
IN_CLASS = datetime(2026, 3, 23, 1, 30, tzinfo=UTC)
"""Half past nine in Singapore: the first session has begun."""


@pytest.fixture
def clock() -> TestClock:
    return TestClock(IN_CLASS)


class Cast:
    """One run with a person on it, whose employer takes over paying, who attends and passes; fresh for each number."""

    def __init__(self, number: int) -> None:
        base = number * 1_000
        self.run_id, self.session_id = UUID(int=base + 1), UUID(int=base + 2)
        self.place, self.successor = UUID(int=base + 3), UUID(int=base + 4)
        self.mark, self.result = UUID(int=base + 5), UUID(int=base + 6)
        self.number = number

    def run(self) -> RunSubmission:
        today = date(2026, 3, 23)
        return run(
            run_id=self.run_id,
            schedule_info=f"Class {self.number}",
            registration_opens_on=today,
            registration_closes_on=today,
            sessions=(session(1, session_id=self.session_id),),
        )

    @property
    def ids(self) -> tuple[UUID, ...]:
        return self.run_id, self.place, self.successor, self.mark, self.result

    def facts(self, desk: Desk) -> dict[str, Iterator[Callable[[], Awaitable[object]]]]:
        """What each owner says, in its own order."""
        first = enrolment(enrolment_id=self.place, run_id=self.run_id)
        heir = enrolment(
            enrolment_id=self.successor,
            run_id=self.run_id,
            replaces=self.place,
            sponsorship="EMPLOYER",
            employer=employer(),
        )
        presence = mark(
            attendance_id=self.mark, session_id=self.session_id, run_id=self.run_id, enrolment_id=self.place
        )
        passed = result(assessment_id=self.result, run_id=self.run_id, enrolment_id=self.place)
        # Owners answer with their newest state, whoever's event is still on its way.
        desk.owner.runs[self.run_id] = self.run()
        desk.owner.enrolments |= {self.place: first, self.successor: heir}

        async def replace() -> None:
            successor = self.successor
            await desk.change_enrolment(self.place, EnrolmentReplaced, status="cancelled", successor_id=successor)

        return {
            "run": iter((lambda: desk.publish(self.run()),)),
            "place": iter((lambda: desk.enrol(first), lambda: desk.collect_fee(self.place, "full"), replace)),
            "successor": iter((lambda: desk.enrol(heir),)),
            "mark": iter((lambda: desk.attend(presence),)),
            "result": iter((lambda: desk.assess(passed),)),
        }


NUMBERS = itertools.count(1)
WORDS = ("run", "place", "place", "place", "successor", "mark", "result")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(WORDS), pauses=st.lists(st.booleans(), min_size=len(WORDS), max_size=len(WORDS)))
async def test_in_whatever_order_facts_are_heard_everything_arrives_once(
    desk: Desk, order: list[str], pauses: list[bool]
) -> None:
    """Given all interleavings of what five owners say, when all is heard, then all of it is there, once."""
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    for word, pause in zip(order, pauses, strict=True):
        await next(facts[word])()
        if pause:
            await desk.work(2)
    await desk.work(10)
    jobs = [job for job in await desk.jobs() if job.record_id in cast.ids]
    assert {job.state for job in jobs} <= CLOSED, [(str(job.kind), str(job.state)) for job in jobs]
    run_id = int((await desk.record(cast.run_id)).remote_id or 0)
    [place] = [one for one in desk.remote_enrolments if one.run_id == run_id]
    assert place.employer is not None, "the successor stands, and it alone"
    assert place.reference == (await desk.record(cast.successor, RecordType.ENROLMENT)).remote_id
    assert [row.status for row in desk.remote_rows if row.run_id == run_id] == ["1"]
    assert [one.result for one in desk.remote_results if one.run_id == run_id] == ["Pass"]


async def test_a_blocked_job_tells_what_it_waits_for_and_how_that_stands(desk: Desk) -> None:
    # given attendance of somebody whose enrolment is rejected, in a run nobody has heard of
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    await next(facts["mark"])()
    ops = await desk.stage.client(Role.OPS)
    [job] = (await ops.get(JOBS, params={"state": "blocked"})).json()["items"]
    # then it waits for both, and neither was ever owed
    assert job["next_try_at"] is None
    assert [(wait["record_type"], wait["standing"], wait["state"]) for wait in job["waits_for"]] == [
        ("run", "named", "unknown"),
        ("enrolment", "there", "unknown"),
    ]
    assert job["waits_for"][0]["part_id"] == str(cast.session_id)
    # when the run arrives and the enrolment is refused
    desk.order(Kind.ERROR_BEFORE, operation="E1", times=1, status=400)
    await next(facts["run"])()
    await next(facts["place"])()
    await desk.work(4)
    # then it goes on waiting for the enrolment alone, which shows why
    detail = (await ops.get(f"{JOBS}/{job['id']}")).json()
    assert [(wait["record_id"], wait["state"]) for wait in detail["waits_for"]] == [(str(cast.place), "rejected")]
    timeline = (await ops.get(f"/api/v1/sync/records/attendance/{cast.mark}")).json()
    assert timeline["jobs"][0]["waits_for"] == detail["waits_for"]
    # and is free as soon as a person has it sent again
    [refused] = (await ops.get(JOBS, params={"state": "rejected"})).json()["items"]
    wish, version = {"reason": "mended in the portal"}, {"If-Match": f'"{refused["version"]}"'}
    assert (await ops.post(f"{JOBS}/{refused['id']}/requeue", json=wish, headers=version)).status_code == 200
    await desk.work(3)
    assert (await desk.states(cast.mark)) == [("attendance.upload", "succeeded")]


async def test_freedom_comes_with_the_transaction_that_brings_the_record_there(desk: Desk) -> None:
    """The sweep is a net, not the way: without it one turn after another sets the next ones free."""
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    for word in ("result", "place", "run"):
        await next(facts[word])()
    for _ in range(3):
        await desk.engine.turn()
    states = {str(job.kind): job.state for job in await desk.jobs() if job.record_id in cast.ids}
    assert (states["enrolment.create"], states["assessment.create"]) == (JobState.SUCCEEDED, JobState.SUCCEEDED)


async def test_the_sweep_frees_who_was_missed_and_nobody_else(desk: Desk) -> None:
    # given a job blocked although what it waits for is there, and one rightly blocked
    free, bound = Cast(next(NUMBERS)), Cast(next(NUMBERS))
    for fact in ("run", "place"):
        await next(free.facts(desk)[fact])()
    await desk.work(4)
    await next(free.facts(desk)["result"])()
    await next(bound.facts(desk)["result"])()
    async with desk.stage.units.begin() as uow:
        [job] = list(await desk.jobs(free.result))
        uow.add(job)
        job.state = JobState.BLOCKED
    # when it is swept, twice
    for _ in range(2):
        async with desk.stage.units.begin() as uow:
            assert await sweep_waiting(uow) is None
    # then
    assert await desk.states(free.result) == [("assessment.create", "queued")]
    assert await desk.states(bound.result) == [("assessment.create", "blocked")]


async def test_what_is_gone_again_when_its_turn_comes_is_waited_for_anew(desk: Desk) -> None:
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    await next(facts["run"])()
    await next(facts["place"])()
    await desk.work(4)
    await next(facts["result"])()
    await desk.forget_names(RecordType.ENROLMENT)
    await desk.engine.turn()
    assert await desk.states(cast.result) == [("assessment.create", "blocked")]
    assert desk.remote_results == []
    assert (await desk.last(cast.result, RecordType.ASSESSMENT)).attempt == 0


async def test_a_discarded_cancellation_lets_its_successor_go_on(desk: Desk) -> None:
    """A person has decided that nothing is left to be done about the old one."""
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    await next(facts["run"])()
    await next(facts["place"])()
    await desk.work(4)
    desk.order(Kind.ERROR_BEFORE, operation="E3", times=1, status=400)
    await next(facts["place"])()
    await next(facts["place"])()
    await next(facts["successor"])()
    await desk.work(10, step=timedelta(seconds=6))
    assert await desk.states(cast.successor) == [("enrolment.create", "blocked")]
    admin = await desk.stage.client(Role.ADMIN)
    [refused] = (await admin.get(JOBS, params={"state": "rejected"})).json()["items"]
    wish, version = {"reason": "cancelled by hand"}, {"If-Match": f'"{refused["version"]}"'}
    assert (await admin.post(f"{JOBS}/{refused['id']}/discard", json=wish, headers=version)).status_code == 200
    assert await desk.states(cast.successor) == [("enrolment.create", "queued")]


async def given_up_seat(desk: Desk) -> tuple[Cast, dict[str, Any]]:
    """Somebody marked and assessed on a seat that was cancelled before any of it was told; and the blocked mark."""
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    for word in ("mark", "result", "run", "place"):
        await next(facts[word])()
    await desk.change_enrolment(cast.place, EnrolmentCancelled, status="cancelled")
    await desk.work(6)
    ops = await desk.stage.client(Role.OPS)
    blocked = (await ops.get(JOBS, params={"state": "blocked"})).json()["items"]
    assert sorted(job["kind"] for job in blocked) == ["assessment.create", "attendance.upload"]
    assert {wait["state"] for job in blocked for wait in job["waits_for"]} == {"given_up"}
    return cast, next(job for job in blocked if job["kind"] == "attendance.upload")


def discarding(job: dict[str, Any]) -> dict[str, Any]:
    return {"json": {"reason": "never came"}, "headers": {"If-Match": f'"{job["version"]}"'}}


async def test_what_waits_for_a_seat_that_was_given_up_is_given_up_by_a_person(desk: Desk) -> None:
    # given
    cast, blocked = await given_up_seat(desk)
    # when an admin, and nobody less, gives it up
    admin, ops = await desk.stage.client(Role.ADMIN), await desk.stage.client(Role.OPS)
    path = f"{JOBS}/{blocked['id']}/discard"
    assert (await ops.post(path, **discarding(blocked))).status_code == 403
    done = await admin.post(path, **discarding(blocked))
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "cancelled", "never came")
    # then its owner hears that nothing is owed of it, and a comparison says nothing of what cannot be there
    told = next(event for event in await desk.stage.told() if event.event_type == "sync.discarded")
    assert (told.data["record_id"], told.data["state"]) == (str(cast.mark), "not_applicable")
    await reconcile(desk, cast.run_id)
    assert await unresolved(desk) == []


async def test_who_takes_their_seat_again_is_missed_there_although_their_mark_was_given_up(desk: Desk) -> None:
    cast, blocked = await given_up_seat(desk)
    admin = await desk.stage.client(Role.ADMIN)
    await admin.post(f"{JOBS}/{blocked['id']}/discard", **discarding(blocked))
    await desk.change_enrolment(cast.place, EnrolmentConfirmed, status="confirmed", reinstated=True)
    await desk.work(6)
    assert await desk.states(cast.result) == [("assessment.create", "succeeded")], "it had waited on"
    await reconcile(desk, cast.run_id)
    [missing] = await unresolved(desk)
    assert (missing.code, missing.record_id, missing.suggested) == ("ATT-01", cast.mark, "push")


async def test_what_is_on_its_way_is_waited_for_and_not_given_up(desk: Desk) -> None:
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    desk.outage(how="error", status=503)
    for word in ("run", "place", "mark"):
        await next(facts[word])()
    await desk.work(1)
    admin = await desk.stage.client(Role.ADMIN)
    [blocked] = [
        job
        for job in (await admin.get(JOBS, params={"state": "blocked"})).json()["items"]
        if job["record_type"] == "attendance"
    ]
    no = await admin.post(f"{JOBS}/{blocked['id']}/discard", **discarding(blocked))
    assert (no.status_code, no.json()["code"]) == (409, "still_awaited")


async def test_two_hours_without_tpgateway_cost_no_job_and_afterwards_all_arrive_in_their_order(desk: Desk) -> None:
    # given everything is told while TPGateway is away
    cast = Cast(next(NUMBERS))
    facts = cast.facts(desk)
    desk.outage(how="error", status=503)
    for word in ("result", "mark", "place", "run"):
        await next(facts[word])()
    await desk.work(40, step=timedelta(minutes=3))
    states = {str(job.kind): job.state for job in await desk.jobs() if job.record_id in cast.ids}
    assert states.pop("run.publish") in (JobState.RETRY_WAIT, JobState.VERIFYING, JobState.QUEUED)
    assert set(states.values()) == {JobState.BLOCKED}
    # when it is back
    desk.outage(on=False)
    await desk.work(40, step=timedelta(seconds=30))
    # then
    assert {job.state for job in await desk.jobs() if job.record_id in cast.ids} == {JobState.SUCCEEDED}
    sent = [one.operation for one in await desk.attempts() if one.outcome == "succeed"]
    order = ("publish_runs", "create_enrolment", "upload_attendance")
    assert [one for one in sent if one in order] == list(order)
