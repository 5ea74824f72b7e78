"""Through HTTP: each state refuses with 409 what it does not take, and says what it does."""

from itertools import product
from typing import Any

from libs.contracts.assessment import AssessmentStatus
from services.assessment.models.lifecycle import AssessmentAction, Standing, taken_in, takes
from services.assessment.tests.builders import IDS, TODAY
from services.assessment.tests.conftest import World, ok

WHY: dict[str, Any] = {"reason": "because the test says so"}
BODIES: dict[AssessmentAction, tuple[str, dict[str, Any]]] = {
    AssessmentAction.OVERRIDE: ("override", WHY),
    AssessmentAction.FINALISE: ("finalise", {}),
    AssessmentAction.AMEND: ("amend", {"score": 61, **WHY}),
    AssessmentAction.PROPOSE: ("proposals", {"score": 61, **WHY}),
    AssessmentAction.VOID: ("void", WHY),
    AssessmentAction.REASSESS: ("re-assess", {"assessed_on": TODAY.isoformat()}),
}


async def in_each_standing(world: World) -> list[tuple[dict[str, Any], Standing]]:
    """One assessment in every standing that takes something else."""
    draft = await world.draft()
    passed = await world.final()
    failed = await world.final(result="Fail")
    waiting = await ok(world.act(await world.final(), "proposals", score=80, **WHY))
    voided = await ok(world.act(await world.final(), "void", world.admin, **WHY))
    followed = await world.final(result="Fail")
    await world.draft_again(followed)
    final = AssessmentStatus.FINAL
    return [
        (draft, Standing(AssessmentStatus.DRAFT)),
        (passed, Standing(final, amendable=True)),
        (failed, Standing(final, amendable=True, repeatable=True)),
        (waiting, Standing(final, amendable=True, open_proposal=True)),
        (voided, Standing(AssessmentStatus.VOIDED, repeatable=True)),
        (followed, Standing(final, amendable=True)),
    ]


async def test_each_refused_transition_is_409_with_what_is_allowed(world: World) -> None:
    for assessment, standing in await in_each_standing(world):
        before = await world.read(assessment)
        for action, (path, body) in BODIES.items():
            if takes(action, standing):
                continue
            answer = await world.act(before, path, world.admin, **body)
            assert (answer.status_code, answer.json().get("allowed")) == (409, list(taken_in(standing))), (
                standing,
                path,
            )
        if standing.status is not AssessmentStatus.DRAFT:
            changed = await world.change(before, world.admin, score=1)
            discarded = await world.admin.delete(
                f"/api/v1/assessments/{before['id']}", headers={"If-Match": f'"{before["version"]}"'}
            )
            assert [changed.status_code, discarded.status_code] == [409, 409]
        assert await world.read(assessment) == before


async def test_a_proposal_nobody_made_cannot_be_decided(world: World) -> None:
    final = await world.final()

    answer = await world.act(final, f"proposals/{IDS.new()}/approve", world.admin)

    assert answer.status_code == 404


def test_a_voided_one_takes_nothing_but_a_new_attempt() -> None:
    for waiting, amendable, repeatable in product((False, True), repeat=3):
        standing = Standing(AssessmentStatus.VOIDED, waiting, amendable, repeatable)
        assert set(taken_in(standing)) <= {AssessmentAction.REASSESS}
