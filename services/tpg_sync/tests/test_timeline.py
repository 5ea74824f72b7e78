"""One record's timeline: every step with its reason, what comes next with its time, and nothing of anybody."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text
from sqlmodel import col

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from libs.contracts.course import RunPublished
from libs.contracts.envelope import Envelope, seal
from libs.outbox.hearing import Permanent, handle, understand
from libs.outbox.inbox import Inbox
from services.tpg_sync import handlers
from services.tpg_sync.models import HeardEvent
from services.tpg_sync.tests.desk import TRACE, Desk, fact_of
from services.tpg_sync.tests.samples import ENROLMENT, MARK, RESULT, employer, enrolment, mark, result, run

RUN_ID = UUID(int=1)


@pytest.fixture
async def ops(desk: Desk) -> httpx.AsyncClient:
    return await desk.stage.client(Role.OPS)


async def timeline_of(ops: httpx.AsyncClient, record: str, **query: Any) -> dict[str, Any]:
    answer = await ops.get(f"/api/v1/sync/records/{record}", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def kinds(timeline: dict[str, Any]) -> list[str]:
    return [step["kind"] for step in timeline["steps"]]


async def whole_class(desk: Desk) -> None:
    """A run with one person on it, an employer paying, who attends and passes."""
    await desk.publish()
    await desk.enrol(enrolment(sponsorship="EMPLOYER", employer=employer()))
    await desk.work(4)
    desk.advance(timedelta(days=22))
    await desk.attend(mark())
    await desk.assess(result())
    await desk.work(5)


async def test_every_step_of_a_slowed_publish_is_told_in_order(desk: Desk, ops: httpx.AsyncClient) -> None:
    """Given TPGateway asks once for fewer calls, when a run is published, then each step says what and why."""
    desk.order(Kind.RATE_LIMIT, operation="C1", times=1)
    await desk.publish()
    await desk.work(90)
    timeline = await timeline_of(ops, f"run/{RUN_ID}")
    steps = timeline["steps"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert sorted(set(kinds(timeline))) == ["attempt", "event", "job", "told", "wait"]
    heard, owed, queued, refused, pause = steps[:5]
    taken = [step for step in steps if step["attempt"]][1]
    assert heard["event"]["type"] == "run.published"
    assert (heard["event"]["actor_role"], heard["event"]["revision"], heard["event"]["sequence"]) == ("ops", 1, 1)
    assert heard["trace_id"] == TRACE.split("-")[1]
    assert heard["correlation_id"] == owed["correlation_id"] == queued["correlation_id"] == taken["correlation_id"]
    assert heard["words"] == "Run published by ops, revision 1."
    assert owed["words"] == "To publish the run is owed, for revision 1."
    assert refused["attempt"]["words"] == (
        "TPGateway asked for fewer calls: it took nothing (http_429). It is tried again."
    )
    assert refused["attempt"]["next_at"] == pause["until"] <= taken["at"]
    assert (taken["attempt"]["words"], taken["attempt"]["http_status"]) == ("TPGateway took it.", 200)
    assert {refused["attempt"]["counted"], taken["attempt"]["counted"]} == {False}


async def test_each_call_shows_what_was_asked_and_answered_without_anybody_in_it(
    desk: Desk, ops: httpx.AsyncClient
) -> None:
    await desk.publish()
    await desk.work(5)
    [call, reading] = [
        step["attempt"] for step in (await timeline_of(ops, f"run/{RUN_ID}"))["steps"] if step["attempt"]
    ]
    course = call["request"]["body"]["course"]
    assert (call["request"]["method"], call["request"]["path"]) == ("POST", "/courses/courseRuns/publish")
    assert course["courseReferenceNumber"] == "TGS-2026000123"
    assert course["runs"][0]["courseDates"] == {"start": 20260323, "end": 20260324}
    assert course["runs"][0]["courseAdminEmail"] == "***"
    trainer = course["runs"][0]["linkCourseRunTrainer"][0]["trainer"]
    assert (trainer["idNumber"], trainer["name"], trainer["idType"]["code"]) == ("***", "***", "SP")
    assert call["response"]["status"] == 200
    assert str(call["response"]["data"]["runs"][0]["id"]) == str(desk.remote_runs[0].run_id)
    assert reading["request"]["path"] == f"/courses/runs/{desk.remote_runs[0].run_id}/sessions"
    detail = (await ops.get(f"/api/v1/sync/jobs/{(await desk.jobs(RUN_ID))[0].id}")).json()
    assert detail["attempts"][0]["request"] == call["request"]


async def test_nothing_of_anybody_is_stored_with_any_call(desk: Desk, ops: httpx.AsyncClient) -> None:
    """Given a person enrolled, present and assessed, when all is sent, then no plain value stands in any copy."""
    await whole_class(desk)
    assert {str(job.state) for job in await desk.jobs()} == {"succeeded"}
    async with desk.stage.units.reading() as uow:
        found = await uow.session.execute(text("select request::text || response::text from tpg_sync.sync_attempt"))
        stored = "".join(found.scalars())
    operations = {attempt.operation for attempt in await desk.attempts()}
    assert {"publish_runs", "create_enrolment", "upload_attendance", "create_assessment"} <= operations
    assert reference_of_place(desk) in stored, "references help, and are kept"
    plain = ("S1234567D", "S0000001I", "Synthetic", "@example.com", "91234567", "61234567", "1980", "00192200M", "Demo")
    assert [value for value in (*plain, '"Pass"', '"grade": "A"', "300", "85,") if value in stored] == []
    shown = [await timeline_of(ops, f"{kind}/{one}") for kind, one in EVERYTHING]
    assert [value for value in plain if value in str(shown)] == []


EVERYTHING = (("run", RUN_ID), ("enrolment", ENROLMENT), ("attendance", MARK), ("assessment", RESULT))


def reference_of_place(desk: Desk) -> str:
    reference: str = desk.remote_enrolments[0].reference
    return reference


async def test_what_comes_next_is_told_with_its_time_in_singapore(desk: Desk, ops: httpx.AsyncClient) -> None:
    """Given an error of TPGateway's at noon, when asked, then the next look and its Singapore time close the line."""
    desk.order(Kind.ERROR_BEFORE, operation="C1", times=9, status=503)
    await desk.publish()
    await desk.work(1)
    timeline = await timeline_of(ops, f"run/{RUN_ID}")
    coming, head = timeline["next"], timeline["head"]
    assert (coming["kind"], head["state"]) == ("look", "unknown")
    at = datetime.fromisoformat(coming["at"])
    assert head["next_try_at"] == coming["at"]
    assert coming["words"] == f"TPGateway is asked what became of it: {at + timedelta(hours=8):%H:%M} SGT."
    assert at + timedelta(hours=8) > desk.stage.clock.now()
    assert "Sync verifying: TPGateway's copy is unknown." in [step["words"] for step in timeline["steps"]]
    assert timeline["steps"][-1]["words"] == f"Looked for again at {at + timedelta(hours=8):%H:%M} SGT."


async def test_an_open_circuit_and_a_held_lane_say_why_nothing_goes(desk: Desk, ops: httpx.AsyncClient) -> None:
    desk.outage(how="error", status=503)
    for number in range(6):
        await desk.publish(run(run_id=UUID(int=number + 1), schedule_info=f"Class {number}", sessions=()))
    await desk.work(2)
    told = [(await timeline_of(ops, f"run/{UUID(int=number + 1)}"))["next"] for number in range(6)]
    assert all("closed until then, after too many failures" in one["words"] for one in told if one["kind"] == "try")
    assert {one["kind"] for one in told} <= {"try", "look"}
    desk.outage(on=False)
    desk.order(Kind.FORBIDDEN, times=50)
    await desk.work(60, step=timedelta(seconds=30))
    held = [(await timeline_of(ops, f"run/{UUID(int=number + 1)}"))["next"] for number in range(6)]
    assert {one["kind"] for one in held} == {"held"}
    assert held[0]["words"].startswith("All sending is held (credentials) until the lane is released.")


async def test_waiting_for_another_record_is_a_step_with_its_end(desk: Desk, ops: httpx.AsyncClient) -> None:
    """Given a place on a run nobody heard of, when the run arrives, then the wait shows what for, and its end."""
    await desk.enrol()
    before = await timeline_of(ops, f"enrolment/{ENROLMENT}")
    assert kinds(before) == ["event", "job", "told", "blocked"]
    blocked = before["steps"][-1]
    assert (blocked["words"], blocked["until"]) == ("Waits for the records it hangs on.", None)
    assert [(wait["record_type"], wait["state"]) for wait in blocked["waits_for"]] == [("run", "unknown")]
    assert before["next"]["kind"] == "blocked"
    assert before["next"]["words"] == (
        f"Goes on by itself when TPGateway has what it hangs on: run {RUN_ID} (unknown)."
    )
    desk.advance(timedelta(minutes=2))
    await desk.publish()
    await desk.work(20)
    after = await timeline_of(ops, f"enrolment/{ENROLMENT}")
    [wait] = [step for step in after["steps"] if step["kind"] == "blocked"]
    assert (wait["words"], wait["waits_for"]) == ("Waited for the records it hangs on.", [])
    assert wait["at"] < wait["until"] <= next(step["at"] for step in after["steps"] if step["kind"] == "attempt")
    assert (after["next"]["kind"], after["head"]["state"]) == ("nothing", "synced")


async def test_headroom_is_the_duties_due_time_less_now_or_less_when_it_was_met(
    desk: Desk, ops: httpx.AsyncClient
) -> None:
    desk.outage(how="error", status=503)
    await desk.publish()
    await desk.work(1)
    before = await timeline_of(ops, f"run/{RUN_ID}")
    duty = next(one for one in before["duties"] if one["key"] == "run_publish")
    due = datetime.fromisoformat(duty["due_at"])
    assert (duty["met_at"], duty["headroom_seconds"]) == (None, (due - desk.stage.clock.now()).total_seconds())
    assert before["head"]["headroom_seconds"] == pytest.approx(
        (datetime.fromisoformat(before["head"]["due_at"]) - desk.stage.clock.now()).total_seconds()
    )
    call = next(step["attempt"] for step in before["steps"] if step["attempt"])
    ended = datetime.fromisoformat(call["ended_at"])
    job = before["jobs"][0]
    deadline = datetime.fromisoformat(job["deadline_at"] or before["head"]["due_at"])
    assert call["headroom_seconds"] == pytest.approx((deadline - ended).total_seconds())
    # when TPGateway is back, takes it, and the calendar hears so
    desk.outage(on=False)
    await desk.work(60, step=timedelta(minutes=1))
    await hear_own_words(desk)
    desk.advance(timedelta(days=1))
    # then the headroom is what was left when it was met, however late it is asked
    after = await timeline_of(ops, f"run/{RUN_ID}")
    met = next(one for one in after["duties"] if one["key"] == "run_publish")
    left = (due - datetime.fromisoformat(met["met_at"])).total_seconds()
    assert met["headroom_seconds"] == left > (due - desk.stage.clock.now()).total_seconds()


async def hear_own_words(desk: Desk) -> None:
    """What tpg-sync says about runs comes back to its own calendar."""
    for envelope in await desk.stage.told():
        if envelope.aggtype == "sync":
            async with desk.stage.units.begin() as uow:
                uow.told_at = envelope.time
                await handle(handlers.handlers, understand(handlers.handlers, envelope.to_bytes()), uow)


async def test_a_refusal_says_what_a_person_must_do(desk: Desk, ops: httpx.AsyncClient) -> None:
    await desk.publish(run(course_reference="TGS-2026000999", sessions=()))
    await desk.work(3)
    timeline = await timeline_of(ops, f"run/{RUN_ID}")
    [call] = [step["attempt"] for step in timeline["steps"] if step["attempt"]]
    assert call["words"].startswith("TPGateway refused it")
    assert call["words"].endswith("A person must mend it.")
    assert call["next_at"] is None
    assert call["response"]["error"]
    assert (timeline["next"]["kind"], timeline["next"]["at"], timeline["head"]["state"]) == ("person", None, "rejected")


async def test_long_timelines_come_in_pages_that_miss_and_repeat_nothing(desk: Desk, ops: httpx.AsyncClient) -> None:
    await desk.publish()
    for revision in range(2, 8):
        await desk.change(RUN_ID, intake_size=20 + revision)
        await desk.work(3)
    whole = await timeline_of(ops, f"run/{RUN_ID}", limit=200)
    assert whole["earlier_cursor"] is None
    page = await timeline_of(ops, f"run/{RUN_ID}", limit=4)
    found = page["steps"]
    while page["earlier_cursor"]:
        page = await timeline_of(ops, f"run/{RUN_ID}", limit=4, cursor=page["earlier_cursor"])
        assert len(page["steps"]) <= 4
        found = [*page["steps"], *found]
    assert found == whole["steps"]
    assert [step["event"]["revision"] for step in found if step["event"]] == list(range(1, 8))
    assert (await ops.get(f"/api/v1/sync/records/run/{RUN_ID}", params={"cursor": "none"})).status_code == 422


async def test_a_fee_shows_its_places_words_and_its_own_calls(desk: Desk, ops: httpx.AsyncClient) -> None:
    await desk.publish()
    await desk.enrol()
    await desk.work(20)
    await desk.collect_fee(ENROLMENT, "full")
    await desk.work(5)
    fee = await timeline_of(ops, f"fee/{ENROLMENT}")
    assert [step["event"]["type"] for step in fee["steps"] if step["event"]] == [
        "enrolment.confirmed",
        "enrolment.fee_changed",
    ]
    [call] = [step["attempt"] for step in fee["steps"] if step["attempt"]]
    assert call["request"]["body"] == {"enrolment": {"fees": {"collectionStatus": "Full Payment"}}}


async def test_a_call_goes_with_its_job(desk: Desk) -> None:
    """Whoever purges a job purges what is known of its calls."""
    await desk.publish(run(sessions=()))
    await desk.work(3)
    assert await desk.attempts()
    async with desk.stage.units.begin() as uow:
        await uow.session.execute(text("delete from tpg_sync.sync_job"))
    assert await desk.attempts() == []


async def test_what_is_heard_is_noted_once_and_only_when_it_was_applied(desk: Desk) -> None:
    """Given deliveries that repeat, are unknown here, or fail, then each applied event is noted once, and no other."""
    submission = run()
    desk.owner.runs[RUN_ID] = submission
    published = sealed(RunPublished(run_id=RUN_ID, run=fact_of(submission)), 1)
    unknown = published.model_copy(update={"id": UUID(int=78), "aggseq": 2, "type": "sg.tms.run.painted.v1"})
    broken = published.model_copy(update={"id": UUID(int=79), "aggseq": 3, "data": {}})
    inbox = Inbox(
        consumer="tpg-sync",
        schema="tpg_sync",
        units=desk.stage.units,
        handlers=handlers.handlers,
        chance=random.Random(1),
        ceilings=[],
        gap_wait=timedelta(seconds=30),
    )
    batch = [understand(handlers.handlers, one.to_bytes()) for one in (published, published, unknown)]
    for _ in range(2):
        await inbox.take_in(batch)
    with pytest.raises(Permanent):
        await inbox.take_in([understand(handlers.handlers, broken.to_bytes())])
    async with desk.stage.units.reading() as uow:
        found = (await uow.session.execute(select(HeardEvent).order_by(col(HeardEvent.aggseq)))).scalars().all()
    assert [(one.type, one.aggseq, one.revision) for one in found] == [
        ("run.published", 1, 1),
        ("run.painted", 2, 1),
    ]


def sealed(event: RunPublished, sequence: int) -> Envelope:
    return seal(
        event,
        service="course",
        event_id=UUID(int=77),
        sequence=sequence,
        at=datetime(2026, 3, 2, 4, tzinfo=UTC),
        correlation_id=UUID(int=5),
        causation_id=None,
        actor_id="synthetic-person",
        actor_role="ops",
    )
