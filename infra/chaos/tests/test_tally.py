"""What counts as an answer, as a word when to come back, and as a failure."""

import httpx
import pytest

from infra.chaos.tally import ANSWERED, COME_BACK, Tally

PLACE = "GET /course-runs"


@pytest.mark.parametrize(
    ("status", "headers", "ending"),
    [
        (200, {}, ANSWERED),
        (201, {}, ANSWERED),
        (409, {}, ANSWERED),
        (412, {}, ANSWERED),
        (503, {"Retry-After": "5"}, COME_BACK),
        (429, {"Retry-After": "1"}, COME_BACK),
        (503, {}, None),
        (429, {}, None),
        (401, {}, None),
        (500, {}, None),
        (502, {"Retry-After": "5"}, None),
        (504, {}, None),
    ],
)
def test_an_answer_is_counted_for_what_it_is(status: int, headers: dict[str, str], ending: str | None) -> None:
    tally = Tally(step="gateway")
    tally.answered(PLACE, httpx.Response(status, headers=headers), 0.1)
    if ending is None:
        assert tally.wrong == {("gateway", PLACE, str(status)): 1}
        assert not tally.endings
    else:
        assert tally.endings == {(PLACE, ending): 1}
        assert not tally.wrong
    assert tally.places == [PLACE]


def test_no_answer_is_a_failure_of_the_step_it_fell_into() -> None:
    tally = Tally(step="course")
    tally.lost(PLACE, httpx.ConnectError("refused"))
    assert tally.wrong == {("course", PLACE, "ConnectError"): 1}
    assert tally.wrong_at(PLACE) == 1
