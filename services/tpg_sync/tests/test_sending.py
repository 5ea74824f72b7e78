"""The ordinary ways of a run to TPGateway, and back as events."""

from datetime import time

from libs.contracts.course import RunRescheduled
from services.tpg_sync.models import JobState
from services.tpg_sync.tests.desk import Desk, fact_of
from services.tpg_sync.tests.samples import run, session


async def test_a_published_run_arrives_once_and_its_ids_come_back(desk: Desk) -> None:
    # given
    run_id = await desk.publish()
    # when
    await desk.work(5)
    # then
    [remote] = desk.remote_runs
    record = await desk.record(run_id)
    assert record.remote_id == str(remote.run_id)
    assert set(record.parts.values()) == {f"TGS-2026000123-{remote.run_id}-S{number}" for number in (1, 2)}
    assert await desk.states() == [("run.publish", "succeeded"), ("run.sessions", "succeeded")]
    assert await desk.told() == ["sync.queued", "sync.succeeded", "sync.succeeded"]


async def test_the_answer_comes_back_as_events_with_every_id(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    last = (await desk.stage.told())[-1].data
    remote = desk.remote_runs[0].run_id
    assert last["record_id"] == str(run_id)
    assert last["state"] == "synced"
    assert last["record_revision"] == 1
    assert last["remote"]["record"] == str(remote)
    assert set(last["remote"]["parts"]) == {str(part.session_id) for part in run().sessions}


async def test_an_edit_names_the_sessions_it_knows_and_learns_those_it_adds(desk: Desk) -> None:
    # given a run with two sessions
    run_id = await desk.publish()
    await desk.work(5)
    # when one is cancelled and one is added
    kept, gone = run().sessions
    added = session(3, start_time=time(18), end_time=time(20))
    await desk.change(run_id, sessions=(kept, gone.model_copy(update={"cancelled": True}), added), intake_size=25)
    await desk.work(5)
    # then TPGateway has the first and the third, under names we know
    [remote] = desk.remote_runs
    record = await desk.record(run_id)
    assert remote.content["intakeSize"] == 25
    assert [one.session_id for one in remote.live_sessions] == [f"TGS-2026000123-{remote.run_id}-S{n}" for n in (1, 3)]
    assert record.parts == {
        str(kept.session_id): f"TGS-2026000123-{remote.run_id}-S1",
        str(added.session_id): f"TGS-2026000123-{remote.run_id}-S3",
    }
    assert record.acked_revision == 2


async def test_a_then_b_then_a_ends_with_a(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    await desk.change(run_id, intake_size=30)
    await desk.work(3)
    await desk.change(run_id, intake_size=20)
    await desk.work(3)
    assert desk.remote_runs[0].content["intakeSize"] == 20
    assert desk.gateway.store.counts["runs_edited"] == 2


async def test_what_tpgateway_holds_already_is_not_sent_again(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    await desk.change(run_id)  # a new revision with nothing new in it
    await desk.work(3)
    assert desk.gateway.store.counts.get("runs_edited", 0) == 0
    assert (await desk.states(run_id))[-1] == ("run.edit", "succeeded")


async def test_changes_before_the_first_send_are_one_publish_of_the_last_state(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.change(run_id, intake_size=30)
    await desk.change(run_id, intake_size=31)
    await desk.work(5)
    assert [remote.content["intakeSize"] for remote in desk.remote_runs] == [31]
    assert await desk.states(run_id) == [
        ("run.publish", "superseded"),
        ("run.edit", "superseded"),
        ("run.publish", "succeeded"),
        ("run.sessions", "succeeded"),
    ]


async def test_a_newer_state_fetched_early_spares_the_later_job_its_call(desk: Desk) -> None:
    # given the owner has moved on, and its event is still on the way
    await desk.publish()
    newer = run(revision=2, intake_size=33)
    desk.owner.runs[newer.run_id] = newer
    await desk.work(5)
    assert [remote.content["intakeSize"] for remote in desk.remote_runs] == [33]
    # when the event arrives
    await desk.hear(RunRescheduled(run_id=newer.run_id, run=fact_of(newer)))
    await desk.work(3)
    # then nothing more is sent
    assert desk.gateway.store.counts.get("runs_edited", 0) == 0
    assert (await desk.states(newer.run_id))[-1] == ("run.edit", "succeeded")


async def test_the_same_event_twice_makes_one_job(desk: Desk) -> None:
    await desk.publish()
    await desk.publish()
    assert len(await desk.jobs()) == 1


async def test_cancelling_removes_the_run(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    await desk.cancel(run_id)
    await desk.work(3)
    assert desk.remote_runs == []
    record = await desk.record(run_id)
    assert (record.remote_id, record.parts) == (None, {})
    assert (await desk.stage.told())[-1].data["state"] == "not_applicable"


async def test_cancelling_what_was_never_sent_sends_nothing(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.cancel(run_id)
    await desk.work(3)
    assert desk.gateway.store.counts.get("runs_created", 0) == 0
    assert await desk.states(run_id) == [("run.publish", "superseded"), ("run.delete", "succeeded")]


async def test_a_run_cancelled_while_its_publish_waits_is_not_published(desk: Desk) -> None:
    # given the owner has cancelled it, and the event is still on the way
    run_id = await desk.publish()
    desk.owner.runs[run_id] = run(revision=2, status="cancelled")
    await desk.work(3)
    assert desk.remote_runs == []
    assert await desk.states(run_id) == [("run.publish", "superseded")]


async def test_removing_what_is_gone_already_is_done(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    stored = desk.remote_runs[0]
    desk.gateway.store.keep([stored.model_copy(update={"deleted": True})])
    await desk.cancel(run_id)
    await desk.work(3)
    assert (await desk.states(run_id))[-1] == ("run.delete", "succeeded")


async def test_an_owner_that_is_away_costs_no_attempt(desk: Desk) -> None:
    desk.owner.away = True
    await desk.publish()
    await desk.work(60)
    [job] = await desk.jobs()
    assert (job.attempt, job.tries, job.error_class) == (0, 0, "owner_away")
    assert desk.owner.asked >= 4
    desk.owner.away = False
    await desk.work(30)
    assert len(desk.remote_runs) == 1


async def test_what_would_be_refused_is_found_before_it_is_sent(desk: Desk) -> None:
    await desk.publish(run(venue=None))
    await desk.work(3)
    [job] = await desk.jobs()
    assert (job.state, job.error_code, job.tries) == (JobState.REJECTED, "invalid_locally", 0)
    assert {hint["field"] for hint in job.hints} >= {"venue"}
    assert desk.gateway.journal.find() == []
    assert await desk.told() == ["sync.queued", "sync.rejected"]


async def test_a_refusal_waits_for_a_person_with_the_gateways_own_hints(desk: Desk) -> None:
    await desk.publish(run(course_reference="TGS-2026000999"))
    await desk.work(3)
    [job] = await desk.jobs()
    assert (job.state, job.error_class) == (JobState.REJECTED, "refused")
    assert job.hints[0]["field"] == "course.courseReferenceNumber"
    assert len(await desk.attempts()) == 1


async def test_a_newer_state_takes_a_rejected_ones_place(desk: Desk) -> None:
    run_id = await desk.publish(run(course_reference="TGS-2026000999"))
    await desk.work(3)
    await desk.change(run_id, course_reference="TGS-2026000123")
    await desk.work(5)
    assert len(desk.remote_runs) == 1
    assert (await desk.states(run_id))[0] == ("run.publish", "superseded")


async def test_sessions_not_visible_yet_are_asked_for_again(desk: Desk) -> None:
    desk.gateway.set_switches({"visibility.delay_s": 60})
    run_id = await desk.publish()
    await desk.work(5)
    assert set((await desk.record(run_id)).parts.values()) == {None}
    await desk.work(240)
    assert None not in (await desk.record(run_id)).parts.values()


async def test_an_edit_waits_until_the_sessions_have_names(desk: Desk) -> None:
    desk.gateway.set_switches({"visibility.delay_s": 60})
    run_id = await desk.publish()
    await desk.work(3)
    await desk.change(run_id, intake_size=40)
    await desk.work(5)
    assert desk.gateway.store.counts.get("runs_edited", 0) == 0
    await desk.work(240)
    [remote] = desk.remote_runs
    assert remote.content["intakeSize"] == 40
    assert len(remote.live_sessions) == 2, "a session whose name was not known would have been added twice"


async def test_bodies_are_kept_only_sealed_and_attempts_hold_nothing_personal(desk: Desk) -> None:
    await desk.publish()
    await desk.work(5)
    async with desk.stage.units.reading() as uow:
        connection = await uow.session.connection()
        tables = ("sync_job", "sync_attempt", "sync_record", "event")
        stored = ""
        for table in tables:
            rows = await connection.exec_driver_sql(f"select * from tpg_sync.{table}")  # noqa: S608 - fixed names
            stored += repr(rows.all())
    for personal in ("S0000001I", "Synthetic Trainer", "trainer@example.com", "ops@example.com"):
        assert personal not in stored
    assert (await desk.jobs())[0].payload_enc
