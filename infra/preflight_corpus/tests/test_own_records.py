"""Records in our own words: what our findings let through, the simulator takes."""

from collections import Counter

import pytest

from infra.preflight_corpus.case import Case
from infra.preflight_corpus.grounds import on_field_grounds
from infra.preflight_corpus.operations import OPERATIONS
from infra.preflight_corpus.own import owns, path_of, told
from infra.preflight_corpus.stage import PROFILES, Profile, open_stage

EACH = 120


@pytest.mark.parametrize("profile", PROFILES)
async def test_what_our_findings_let_through_is_taken(profile: Profile) -> None:
    count: Counter[str] = Counter()
    async with open_stage(profile) as stage:
        for own in owns(0, EACH):
            if own.request is None:
                assert own.findings, told(own, "cannot be told")
                count["untellable"] += 1
                continue
            refused = await stage.ask(path_of(own), own.request, now=OPERATIONS[own.operation].now)
            grounds = on_field_grounds(Case(own.operation, own.request, own.bends), refused)
            assert own.findings or not grounds, told(own, refused)
            if not own.bends:
                assert (own.findings, refused) == ((), None), told(own, refused)
            count["refused"] += bool(grounds)
            count["bent"] += bool(own.bends)
    print(profile, dict(count))
    assert count["bent"] > 400
    assert count["refused"] > 50
