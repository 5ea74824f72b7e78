"""Changes to a run's details and plan, without a database."""

from datetime import date, timedelta

import pytest

from libs.contracts.tpg_sync import SyncState
from services.course.errors import (
    ActionNotAllowed,
    LastSession,
    SessionFrozen,
    SlotTaken,
    Unplannable,
)
from services.course.models import replanning
from services.course.models.codes import Mode
from services.course.tests.builders import (
    IDS,
    NOW,
    RUN_ENDS,
    RUN_STARTS,
    course,
    draft,
    lineage,
    link,
    policy,
    published,
    singapore,
    slot,
)

BEFORE = singapore(RUN_STARTS, 8)
DURING = singapore(RUN_STARTS, 10)
AFTER = singapore(RUN_ENDS, 18)


def test_an_edit_names_fields_and_hides_personal_values() -> None:
    run = draft()

    event = run.edit({"intake_size": 25, "admin_email": "new@example.com"}, course=course(), policy=policy())

    assert event is not None
    assert {(c.field, c.old, c.new) for c in event.changes} == {("intake_size", 20, 25), ("admin_email", None, None)}


def test_an_edit_that_changes_nothing_tells_nothing() -> None:
    run = published()

    assert run.edit({"intake_size": 20}, course=course(), policy=policy()) is None
    assert run.sync_state is SyncState.PENDING


def test_a_published_run_keeps_its_dates_until_rescheduled() -> None:
    run = published()

    with pytest.raises(ActionNotAllowed) as refused:
        run.edit({"end_on": date(2026, 4, 10)}, course=course(), policy=policy())

    assert "reschedule" in refused.value.allowed


def test_dates_must_be_in_order() -> None:
    run = draft()

    with pytest.raises(Unplannable) as refused:
        run.edit({"registration_closes_on": date(2026, 4, 7)}, course=course(), policy=policy())

    assert [wrong.field for wrong in refused.value.fields] == ["start_on"]


def test_a_change_to_a_published_run_makes_it_stale() -> None:
    run = published()
    before = run.revision

    run.edit({"vacancy": "L"}, course=course(), policy=policy())

    assert (run.revision, run.sync_state) == (before + 1, SyncState.STALE)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (slot(start=17, end=9), "time_order"),
        (slot(start=8, end=19), "too_long"),
        (slot(RUN_ENDS + timedelta(days=1)), "outside_run"),
        (slot(RUN_STARTS - timedelta(days=1)), "outside_run"),
        (slot(mode=Mode.SYNCHRONOUS, venue_id=IDS.new()), "online_has_no_room"),
        (slot(mode=Mode.TRAINEESHIP), "mode"),
    ],
)
def test_a_session_keeps_the_rules(wish: object, code: str) -> None:
    run = draft()

    with pytest.raises(Unplannable) as refused:
        replanning.add_session(
            run,
            wish,  # type: ignore[arg-type]  # a Slot from the table above
            lineage(),
            course=course(modes=["1", "2", "8", "9"]),
            policy=policy(),
            now=NOW,
        )

    assert [wrong.code for wrong in refused.value.fields] == [code]


def test_a_self_paced_session_may_last_for_days() -> None:
    run = draft()
    wish = slot(mode=Mode.ASYNCHRONOUS)
    whole_days = type(wish)(
        field="", start_at=singapore(RUN_STARTS, 0), end_at=singapore(RUN_ENDS, 23, 59), mode=Mode.ASYNCHRONOUS
    )

    replanning.add_session(run, whole_days, lineage(), course=course(), policy=policy(), now=NOW)

    assert len(run.sessions) == 1


def test_a_session_until_midnight_stays_inside_the_last_day() -> None:
    run = draft()
    late = slot(RUN_ENDS, 18, 23)
    until_midnight = type(late)(
        field="", start_at=late.start_at, end_at=singapore(RUN_ENDS + timedelta(days=1), 0), mode=late.mode
    )

    replanning.add_session(run, until_midnight, lineage(), course=course(), policy=policy(), now=NOW)

    assert run.sessions[0].end_at == singapore(RUN_ENDS + timedelta(days=1), 0)


def test_sessions_of_one_run_never_overlap_but_may_touch() -> None:
    run = draft()
    replanning.add_session(run, slot(start=9, end=12), lineage(), course=course(), policy=policy(), now=NOW)
    replanning.add_session(run, slot(start=12, end=14), lineage(), course=course(), policy=policy(), now=NOW)

    with pytest.raises(SlotTaken):
        replanning.add_session(run, slot(start=13, end=15), lineage(), course=course(), policy=policy(), now=NOW)


def test_people_follow_the_mode_of_a_session() -> None:
    run = draft()
    trainer, assessor = link(run, 1), link(run, 2)
    run.trainers = [trainer, assessor]

    taught = replanning.plan(run, slot(start=9, end=12), lineage())
    assessed = replanning.plan(run, slot(start=13, end=15, mode=Mode.ASSESSMENT), lineage())

    assert taught.trainer_ids == (trainer.trainer_id,)
    assert assessed.trainer_ids == (assessor.trainer_id,)


def test_rescheduling_shifts_dates_and_sessions_together() -> None:
    run = published()
    day = timedelta(days=1)
    moves = {
        session.id: type(wish)(
            field=f"sessions.{index}", start_at=wish.start_at + day, end_at=wish.end_at + day, mode=wish.mode
        )
        for index, session in enumerate(run.sessions)
        for wish in [session.slot("")]
    }

    event = replanning.reschedule(
        run,
        {"start_on": RUN_STARTS + day, "end_on": RUN_ENDS + day},
        moves,
        course=course(),
        policy=policy(),
        now=NOW,
        reason="the room floods",
    )

    assert event.run.start_on == RUN_STARTS + day
    assert {c.field for c in event.changes} >= {"start_on", "end_on", "session_1.start_at", "session_4.end_at"}
    assert run.sync_state is SyncState.STALE
    assert run.wakes_at == singapore(RUN_STARTS + day, 9)


def test_dates_that_leave_a_session_outside_are_refused() -> None:
    run = published()

    with pytest.raises(Unplannable) as refused:
        replanning.reschedule(
            run,
            {"end_on": RUN_STARTS},
            {},
            course=course(),
            policy=policy(),
            now=NOW,
            reason="shorter",
        )

    assert [wrong.field for wrong in refused.value.fields] == [f"sessions.{index}.start_at" for index in (1, 2, 3)]


def test_a_session_with_attendance_is_not_moved_but_cancelled_and_replaced() -> None:
    run = published()
    run.sessions[0].attendance_taken = True

    with pytest.raises(SessionFrozen) as refused:
        replanning.move_session(
            run,
            run.sessions[0].id,
            slot(start=10, end=16),
            course=course(),
            policy=policy(),
            now=NOW,
            reason=None,
        )

    assert refused.value.allowed == ("cancel_session", "add_session")


def test_a_session_about_to_start_stays() -> None:
    run = published()
    at_the_door = singapore(RUN_STARTS, 8, 45)

    with pytest.raises(SessionFrozen):
        replanning.cancel_session(
            run,
            run.sessions[0].id,
            policy=policy(session_cutoff_minutes=30),
            now=at_the_door,
            reason="too late for this",
        )


def test_a_published_run_keeps_its_last_session() -> None:
    run = published(sessions=1)

    with pytest.raises(LastSession):
        replanning.cancel_session(run, run.sessions[0].id, policy=policy(), now=NOW, reason="nobody comes")


def test_changing_trainers_rebooks_the_sessions_ahead() -> None:
    run = published()
    left, stays, comes = run.trainers[0].trainer_id, IDS.new(), IDS.new()
    replanning.change_trainers(
        run, [link(run, 1, trainer_id=left), link(run, 1, trainer_id=stays)], policy=policy(), now=NOW, reason=None
    )

    replanning.change_trainers(
        run,
        [link(run, 1, trainer_id=stays), link(run, 2, trainer_id=comes)],
        policy=policy(),
        now=NOW,
        reason="illness",
    )

    assert {session.trainer_ids for session in run.sessions} == {(stays,)}
    assert {each.trainer_id: each.roles for each in run.trainers} == {stays: [1], comes: [2]}
