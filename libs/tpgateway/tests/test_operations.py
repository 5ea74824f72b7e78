"""The map of operations keeps its own promises."""

import string

import pytest

from libs.tpgateway.operations import DELETE_RUN, EDIT_RUN, OPERATIONS, Body, Effect, Family, Operation


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_reads_have_no_body_and_everything_sent_is_encrypted(operation: Operation) -> None:
    assert (operation.method == "GET") is (operation.request is Body.NONE)
    assert operation.request in {Body.NONE, Body.ENCRYPTED}
    assert operation.effect is Effect.READS or operation.method == "POST"


def test_the_tpg_family_is_encrypted_both_ways() -> None:
    assert {one.reply for one in OPERATIONS.values() if one.family is Family.TPG} == {Body.ENCRYPTED}


def test_creates_are_those_without_an_id_in_the_path_to_update() -> None:
    creates = {name for name, one in OPERATIONS.items() if one.effect is Effect.CREATES}
    assert creates == {"publish_runs", "add_trainer", "create_enrolment", "upload_attendance", "create_assessment"}


def test_edit_and_delete_are_told_apart_by_the_body_alone() -> None:
    assert EDIT_RUN.target(run_id="849900") == DELETE_RUN.target(run_id="849900") == "/courses/courseRuns/edit/849900"


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_no_value_can_leave_its_place_in_the_path(operation: Operation) -> None:
    places = [name for _, name, _, _ in string.Formatter().parse(operation.path) if name]
    filled = operation.target(**dict.fromkeys(places, "../a b?c#d"))
    assert filled.count("/") == operation.path.count("/")
    assert not set(" ?#") & set(filled)
