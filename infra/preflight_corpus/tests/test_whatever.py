"""Any JSON at any place of any sound request: what Hypothesis finds missed, it shrinks to the smallest example."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.preflight_corpus.case import Case, places, spelt, with_value
from infra.preflight_corpus.judging import judge
from infra.preflight_corpus.operations import OPERATIONS
from infra.preflight_corpus.stage import PROFILES, Profile, Stage, open_stage

_WORDS = ["20260323", "2026-03-23", "EMPLOYER", "Update", "4", "NRIC", "S1234567D", "+65", " ", "Pass", "09:00"]
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
ANY_JSON = st.recursive(
    _LEAVES | st.sampled_from(_WORDS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["code", "id", "uen", "run"]), inner),
    max_leaves=5,
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    name = draw(st.sampled_from(sorted(OPERATIONS)))
    body = OPERATIONS[name].draw(Random(draw(st.integers(0, 10**6))))
    told: list[str] = []
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(list(places(body))))
        body = with_value(body, place, draw(ANY_JSON))
        told.append(f"something else at {spelt(place)}")
        if not list(places(body)):
            break
    return Case(name, body, tuple(told))


@given(case=cases())
@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
async def test_no_refusal_of_whatever_json_is_missed(case: Case) -> None:
    for profile in () if _STAGES else PROFILES:
        async with open_stage(profile) as stage:
            _STAGES[profile] = stage
    one = await judge(case, _STAGES)
    assert not one.missed, one.told()
    assert not one.broken, one.told()


_STAGES: dict[Profile, Stage] = {}
"""Made once for all examples: their records are put back before each, and asking needs no connection."""
