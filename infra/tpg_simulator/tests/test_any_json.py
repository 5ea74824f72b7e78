"""Whatever JSON a client sends, the gateway answers or refuses; it never breaks, and what it stores it can show."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.tpg_simulator.records import Json
from infra.tpg_simulator.runs.edit import edit
from infra.tpg_simulator.runs.publish import publish
from infra.tpg_simulator.runs.views import list_runs, list_sessions, view_run
from infra.tpg_simulator.samples import COURSE, OWN, existing_trainer, new_trainer, synthetic_run
from infra.tpg_simulator.tests.anything import ANY_JSON, call, calm_world, paths, status_of, with_change
from infra.tpg_simulator.world import World


def root(**inner: Any) -> Json:
    return {"course": {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": OWN}, **inner}}


def assert_all_can_be_shown(world: World) -> None:
    for view in (view_run, list_runs, list_sessions):
        assert status_of(view, call(world, None)) in {200, 404}


FULL_RUN = synthetic_run(linkCourseRunTrainer=[existing_trainer(), new_trainer()])
PUBLISH = root(runs=[FULL_RUN])
SESSION_LINE = {"action": "update", "sessionId": f"{COURSE}-849900-S1", "startTime": "10:00"}
EDIT = root(run={**FULL_RUN, "action": "update", "sessions": [SESSION_LINE]})


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(paths(PUBLISH)), value=ANY_JSON)
def test_any_change_to_a_publish_is_answered_or_refused(path: tuple[Any, ...], value: Any) -> None:
    world = calm_world()
    status = status_of(publish, call(world, with_change(PUBLISH, path, value)))
    assert status in {200, 400, 403}
    assert bool(world.store.runs) == (status == 200)
    assert_all_can_be_shown(world)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(paths(EDIT)), value=ANY_JSON)
def test_any_change_to_an_edit_is_answered_or_refused(path: tuple[Any, ...], value: Any) -> None:
    world = calm_world()
    publish(call(world, PUBLISH))
    standing = dict(world.store.runs)
    status = status_of(edit, call(world, with_change(EDIT, path, value)))
    assert status in {200, 400, 403}
    assert (world.store.runs == standing) == (status != 200)
    assert_all_can_be_shown(world)
