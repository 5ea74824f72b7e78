"""A run's life, state by state, without a database."""

from datetime import date, timedelta

import pytest

from libs.contracts.course import RunEnded, RunSessionHeld, RunStarted, RunStatus, SessionStatus
from libs.contracts.tpg_sync import SyncState
from services.course.errors import (
    ActionNotAllowed,
    MinPaxNotReached,
    NotPublishable,
    RunAttended,
    StillOwed,
    Unplannable,
)
from services.course.models import replanning
from services.course.models.lifecycle import TAKEN_IN, RunAction
from services.course.models.run import CourseRun
from services.course.tests.builders import (
    NOW,
    RUN_ENDS,
    RUN_STARTS,
    course,
    lineage,
    policy,
    published,
    ready,
    singapore,
    slot,
)

BEFORE = singapore(RUN_STARTS, 8)
DURING = singapore(RUN_STARTS, 10)
AFTER = singapore(RUN_ENDS, 18)


def under_way() -> CourseRun:
    run = published()
    run.advance(DURING)
    return run


def ended() -> CourseRun:
    run = published()
    run.advance(AFTER)
    run.sync_state = SyncState.SYNCED
    return run


def test_a_clean_draft_is_published_and_owed() -> None:
    run = ready()

    event = run.publish(course=course(), policy=policy(number=3), now=NOW)

    assert (run.status, run.sync_state, run.submitted_at) == (RunStatus.OPEN, SyncState.PENDING, NOW)
    assert (event.run.status, event.run.policy_version) == (RunStatus.OPEN, 3)
    assert [(c.field, c.old, c.new) for c in event.changes] == [("status", "draft", "open")]


@pytest.mark.parametrize(
    ("field", "code", "spoil"),
    [
        ("sessions", "missing", lambda run: run.sessions.clear()),
        ("trainers", "missing", lambda run: run.trainers.clear()),
        ("trainers", "missing", lambda run: setattr(run.trainers[0], "roles", [2])),
        ("sessions", "too_late", lambda run: run.sessions[0].move(NOW - timedelta(hours=1), NOW)),
        ("start_on", "outside_funding", lambda run: setattr(run, "start_on", date(2025, 12, 31))),
    ],
)
def test_publishing_names_what_is_missing(field: str, code: str, spoil: object) -> None:
    run = ready()
    spoil(run)  # type: ignore[operator]  # each case spoils one thing

    with pytest.raises(NotPublishable) as refused:
        run.publish(course=course(), policy=policy(), now=NOW)

    assert (field, code) in [(wrong.field, wrong.code) for wrong in refused.value.fields]
    assert run.status is RunStatus.DRAFT


def test_an_unfunded_course_has_no_funding_window() -> None:
    run = ready()

    run.publish(course=course(funded=False, support_to=date(2026, 1, 2)), policy=policy(), now=NOW)

    assert run.status is RunStatus.OPEN


def test_the_lead_time_is_policy() -> None:
    run = ready()

    with pytest.raises(NotPublishable) as refused:
        run.publish(course=course(), policy=policy(publish_min_lead_minutes=60 * 24 * 60), now=NOW)

    assert [wrong.code for wrong in refused.value.fields] == ["too_late"]


def test_too_few_seats_confirm_only_by_override() -> None:
    run = published(min_pax=5)

    with pytest.raises(MinPaxNotReached):
        run.confirm(override=False, reason=None)
    event = run.confirm(override=True, reason="the employer pays for the empty seats")

    assert (event.run.status, event.reason) == (RunStatus.CONFIRMED, "the employer pays for the empty seats")


def test_confirming_owes_tpgateway_nothing() -> None:
    run = published()
    before = run.revision

    run.confirm(override=False, reason=None)

    assert (run.revision, run.sync_state) == (before, SyncState.PENDING)


def test_the_clock_starts_holds_and_ends_a_run() -> None:
    run = published()

    told = [*run.advance(BEFORE), *run.advance(DURING), *run.advance(AFTER)]

    assert [type(event) for event in told] == [RunStarted, *[RunSessionHeld] * 4, RunEnded]
    assert (run.status, run.wakes_at) == (RunStatus.ENDED, None)
    assert {session.status for session in run.sessions} == {SessionStatus.HELD}


def test_a_run_that_starts_unconfirmed_says_so() -> None:
    unconfirmed, confirmed = published(), published()
    confirmed.confirm(override=False, reason=None)

    raised = [run.advance(DURING)[0].model_dump()["unconfirmed"] for run in (unconfirmed, confirmed)]

    assert raised == [True, False]


def test_the_clock_repeats_nothing() -> None:
    run = published()
    run.advance(AFTER)

    assert run.advance(AFTER) == []


def test_cancelling_frees_every_booking_and_owes_the_removal() -> None:
    run = published()

    event = run.cancel("too few seats")

    assert (event.run.status, run.sync_state, run.wakes_at) == (RunStatus.CANCELLED, SyncState.STALE, None)
    assert {booked.status for session in run.sessions for booked in session.trainers} == {SessionStatus.CANCELLED}


def test_a_run_somebody_attended_is_not_cancelled() -> None:
    run = published()
    run.sessions[0].attendance_taken = True

    with pytest.raises(RunAttended):
        run.cancel("too late")


def test_cutting_short_keeps_what_was_held() -> None:
    run = under_way()

    event = run.cut_short(now=DURING, reason="fire alarm")

    assert event.run.status is RunStatus.ENDED
    assert [session.status for session in run.sessions] == ["held", "cancelled", "cancelled", "cancelled"]


def test_closing_needs_tpgateway_to_hold_the_run() -> None:
    run = ended()
    run.sync_state = SyncState.REJECTED

    with pytest.raises(StillOwed):
        run.close(waive=False, reason=None)
    run.close(waive=True, reason="entered by hand in the portal")

    assert run.status is RunStatus.CLOSED


def test_a_closed_run_can_be_reopened() -> None:
    run = ended()
    run.close(waive=False, reason=None)

    event = run.reopen("a mark was wrong")

    assert (event.run.status, event.reason) == (RunStatus.ENDED, "a mark was wrong")


def test_a_make_up_session_lies_inside_its_window() -> None:
    run = ended()
    last = RUN_ENDS + timedelta(days=60)

    def add(day: date) -> None:
        replanning.add_makeup_session(
            run,
            slot(day),
            lineage(),
            makeup_for=run.sessions[0].id,
            course=course(),
            policy=policy(),
            now=AFTER,
            reason=None,
        )

    with pytest.raises(Unplannable) as refused:
        add(last + timedelta(days=1))
    add(last)

    assert [wrong.code for wrong in refused.value.fields] == ["outside_makeup_window"]
    assert (run.sessions[-1].is_makeup, run.wakes_at) == (True, singapore(last, 17))


def test_a_run_closes_only_after_its_make_up_sessions() -> None:
    run = ended()
    replanning.add_makeup_session(
        run,
        slot(RUN_ENDS + timedelta(days=5)),
        lineage(),
        makeup_for=None,
        course=course(),
        policy=policy(),
        now=AFTER,
        reason=None,
    )

    with pytest.raises(StillOwed):
        run.close(waive=True, reason="no patience")
    run.advance(singapore(RUN_ENDS + timedelta(days=5), 17))
    run.sync_state = SyncState.SYNCED
    run.close(waive=False, reason=None)


@pytest.mark.parametrize("status", list(RunStatus))
def test_every_action_a_state_does_not_take_is_refused_with_those_it_does(status: RunStatus) -> None:
    run = published()
    run.status = status
    taken = {action for action in RunAction if status in TAKEN_IN[action]}

    for action in set(RunAction) - taken:
        with pytest.raises(ActionNotAllowed) as refused:
            run.require(action)
        assert set(refused.value.allowed) == taken
