"""Recognising our own run and sessions in what TPGateway shows. All data is synthetic."""

from datetime import date, time
from typing import Any
from uuid import UUID

from libs.contracts.submissions import RunSubmission
from libs.tpgateway.course_runs.replies import ListedRun, SessionView
from libs.tpgateway.rules.ruleset import ruleset_on
from services.tpg_sync.engine.records.run_form import Listed, candidates, form_of, form_of_listed, name_sessions
from services.tpg_sync.tests.samples import run, session

RULES = ruleset_on(date(2026, 3, 2))


def listed(submission: RunSubmission, **changed: Any) -> dict[str, Any]:
    """The run as TPGateway would list it."""
    entry: dict[str, Any] = {
        "id": 849900,
        "courseDates": {"start": int(f"{submission.start_on:%Y%m%d}"), "end": int(f"{submission.end_on:%Y%m%d}")},
        "registrationDates": {
            "opening": int(f"{submission.registration_opens_on:%Y%m%d}"),
            "closing": int(f"{submission.registration_closes_on:%Y%m%d}"),
        },
        "scheduleInfo": submission.schedule_info,
        "modeOfTraining": submission.mode_of_training,
        "intakeSize": submission.intake_size,
        "threshold": submission.threshold,
        "venue": {
            "block": "",
            "street": "Demo Road",
            "floor": "02",
            "unit": "11",
            "postalCode": "408533",
            "room": "2A",
        },
    }
    return {**entry, **changed}


def find(submission: RunSubmission, *runs: dict[str, Any], bound: set[str] | None = None, others: Any = ()) -> Any:
    entries = [Listed(str(entry["id"]), form_of_listed(ListedRun.model_validate(entry), RULES)) for entry in runs]
    return candidates(form_of(submission, RULES), entries, bound=bound or set(), others=others)


def test_our_run_is_recognised_whatever_the_case_and_spaces() -> None:
    ours = run()
    found = find(ours, listed(ours, scheduleInfo=f" {ours.schedule_info.upper()}  "))
    assert found.equal == ("849900",)


def test_a_run_bound_to_another_record_is_not_ours() -> None:
    ours = run()
    assert find(ours, listed(ours), bound={"849900"}).equal == ()


def test_same_dates_with_another_content_is_near_and_says_what_differs() -> None:
    ours = run()
    found = find(ours, listed(ours, intakeSize=99))
    assert found.equal == ()
    assert (found.near, found.near_fields) == (("849900",), ("intakeSize",))


def test_a_run_that_another_lost_create_made_is_not_a_changed_copy_of_ours() -> None:
    ours, other = run(), run(intake_size=99)
    found = find(ours, listed(other), others=[form_of(other, RULES)])
    assert (found.equal, found.near) == ((), ())


def test_other_dates_are_another_run() -> None:
    ours = run()
    found = find(ours, listed(ours, courseDates={"start": 20260401, "end": 20260402}))
    assert (found.equal, found.near) == ((), ())


def test_what_the_list_leaves_out_is_not_held_against_it() -> None:
    ours = run()
    short = listed(ours)
    del short["venue"], short["threshold"]
    assert find(ours, short).equal == ("849900",)


def remote(number: int, **changed: Any) -> SessionView:
    entry = {
        "id": f"X-849900-S{number}",
        "startDate": "20260323",
        "endDate": "20260323",
        "startTime": "09:00",
        "endTime": "12:00",
        "modeOfTraining": "1",
        "deleted": False,
    }
    return SessionView.model_validate({**entry, **changed})


def test_sessions_are_named_by_date_time_and_mode_not_by_position() -> None:
    morning, afternoon = session(1), session(2, start_time=time(13), end_time=time(17))
    names = name_sessions(
        run(sessions=(morning, afternoon)), {}, [remote(7, startTime="13:00", endTime="17:00"), remote(8)], RULES
    )
    assert names == {morning.session_id: "X-849900-S8", afternoon.session_id: "X-849900-S7"}


def test_a_name_is_given_once_and_kept() -> None:
    twins = (session(1), session(2))
    first = name_sessions(run(sessions=twins), {}, [remote(1)], RULES)
    assert sorted(str(name) for name in first.values()) == ["None", "X-849900-S1"]
    known = {str(twins[1].session_id): "X-849900-S1"}
    assert name_sessions(run(sessions=twins), known, [remote(1), remote(2)], RULES) == {
        twins[0].session_id: "X-849900-S2",
        twins[1].session_id: "X-849900-S1",
    }


def test_untimed_modes_are_recognised_by_their_days() -> None:
    online = session(1, mode_of_training="2", end_on=date(2026, 3, 24))
    theirs = remote(1, modeOfTraining="2", startTime="00:00", endTime="23:59", endDate="20260324")
    assert name_sessions(run(sessions=(online,)), {}, [theirs], RULES) == {online.session_id: "X-849900-S1"}


def test_deleted_and_cancelled_sessions_take_no_part() -> None:
    gone = session(1, cancelled=True)
    assert name_sessions(run(sessions=(gone,)), {}, [remote(1)], RULES) == {}
    assert name_sessions(run(sessions=(session(1),)), {}, [remote(1, deleted=True)], RULES) == {UUID(int=101): None}


def test_the_form_holds_no_personal_data() -> None:
    assert "ops@example.com" not in str(form_of(run(), RULES))
