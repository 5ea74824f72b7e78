"""What is held against a release, and what against the one before it."""

import io

import pytest
from rich.console import Console

from infra.chaos.tally import Tally
from infra.rolling.report import failures, lost_to_earlier, show

LAST, AGAIN = "gateway to the new release", "gateway once more"


@pytest.fixture
def tally() -> Tally:
    """Refused while an earlier gateway ended."""
    tally = Tally()
    tally.wrong[LAST, "GET /course-runs", "ConnectError"] = 2
    return tally


def test_connections_an_earlier_gateway_lost_are_counted_apart(tally: Tally) -> None:
    assert (failures(tally, {LAST}), lost_to_earlier(tally, {LAST})) == ({}, 2)


def test_a_gateway_that_hands_over_may_lose_none(tally: Tally) -> None:
    assert failures(tally, set()) == {f"GET /course-runs: ConnectError, during {LAST}": 2}
    tally.wrong[AGAIN, "GET /course-runs", "ReadError"] = 1
    assert failures(tally, {LAST}) == {f"GET /course-runs: ReadError, during {AGAIN}": 1}


def test_a_wrong_answer_is_a_failure_whoever_gave_it(tally: Tally) -> None:
    tally.wrong[LAST, "POST /course-runs", "500"] = 1
    assert failures(tally, {LAST}) == {f"POST /course-runs: 500, during {LAST}": 1}


def test_the_report_says_whether_a_request_failed(tally: Tally) -> None:
    console = Console(file=io.StringIO())
    assert not show(console, tally, {LAST})
    assert show(console, tally, set())
