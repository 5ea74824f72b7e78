"""How somebody did stands in no event, no log, no refusal and no plain column; and not before everybody's eyes."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.assessment.tests.builders import TODAY
from services.assessment.tests.conftest import World, ok

SCORES = (83, 87, 91, 93)
SEALED_TABLES = ("assessment", "revision", "proposal", "event", "outbox", "idempotency")


async def a_full_life(world: World) -> list[str]:
    """Everything that touches a result, refusals included; what was refused."""
    draft = await world.draft(result="Exempt")
    draft = await ok(world.change(draft, result="Pass", score=83, grade="A"))
    final = await ok(world.act(draft, "finalise"))
    final = await ok(world.act(final, "amend", score=87, grade="B", reason="wrong sum"))
    proposed = await ok(world.act(final, "proposals", world.ops, score=91, reason="wrong sum"))
    final = await ok(world.decide(proposed, "approve"))
    body = {"run_id": final["run_id"], "assessed_on": str(TODAY), "finalise": True, "lines": []}
    line = {"enrolment_id": final["enrolment_id"], "skill_code": "SKILL-1", "result": "Pass", "score": 93}
    bulk = await world.assessor.post(
        "/api/v1/assessments/bulk", json={**body, "lines": [line]}, headers={"Idempotency-Key": "a-synthetic-key"}
    )
    refused = [
        await world.act(final, "amend", result="Fail", score=93, reason="wrong sum"),
        await world.act(final, "amend", score=193, reason="wrong sum"),
        await world.act(final, "amend", score="93 of 100", reason="wrong sum"),
        await world.assessor.post("/api/v1/assessments", json=world.wish(final["enrolment_id"], score=93)),
    ]
    assert all(answer.status_code in {409, 422} for answer in refused)
    await ok(world.act(final, "void", world.admin, reason="wrong paper"))
    return [bulk.text, *(answer.text for answer in refused)]


def values_in(document: Any) -> list[Any]:
    """Every leaf, so that a score inside an id or a time is not taken for one."""
    if isinstance(document, dict):
        return [leaf for value in document.values() for leaf in values_in(value)]
    if isinstance(document, list):
        return [leaf for value in document for leaf in values_in(value)]
    return [document]


async def test_no_result_leaves_by_events_logs_or_refusals(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    refusals = await a_full_life(world)

    told = await world.stage.told()
    logged = capsys.readouterr()
    said = [leaf for each in told for leaf in values_in(json.loads(each.to_bytes())["data"])]
    said += [leaf for each in refusals for leaf in values_in(json.loads(each))]

    assert {"result", "score", "grade"} <= set(said)  # the names of what changed are told
    assert [leaf for leaf in said if leaf in SCORES or leaf in {"A", "B", "Pass", "Fail", "Exempt"}] == []
    assert [text for text in refusals if any(str(score) in text.partition('"errors"')[2] for score in SCORES)] == []
    everything = logged.out + logged.err + caplog.text
    assert [word for word in ("Exempt", "score", "grade", "Pass") if word in everything] == []


async def test_results_are_sealed_at_rest(world: World) -> None:
    await a_full_life(world)

    kept = ""
    async with world.stage.runtime.engine.connect() as connection:
        for table in SEALED_TABLES:
            rows: Any = await connection.execute(text(f"select t::text from assessment.{table} t"))  # noqa: S608 - the list above
            kept += "".join(rows.scalars())

    assert len(kept) > 1000
    shapes = [f'["Pass", {score}' for score in SCORES] + ['"score": ', '"grade": ', '["Exempt"']
    assert [each for each in shapes if each in kept or each.encode().hex() in kept] == []


async def test_an_auditor_sees_that_there_is_one_and_not_what_it_says(world: World) -> None:
    final = await world.final(score=83, grade="A")
    proposed = await ok(world.act(final, "proposals", score=87, reason="wrong sum"))
    path = f"/api/v1/assessments/{final['id']}"

    shown = await world.read(proposed, world.auditor)
    history = await ok(world.auditor.get(f"{path}/history"))
    proposals = await ok(world.auditor.get(f"{path}/proposals"))
    listed = await ok(world.auditor.get("/api/v1/assessments"))

    for each in (shown, history[0], listed["items"][0]):
        assert (each["result"], each["score"], each["grade"]) == (None, None, None)
    assert (shown["open_proposal"]["values"], proposals[0]["values"]) == (None, None)
    assert (shown["status"], shown["open_proposal"]["fields"]) == ("final", ["score"])


@pytest.mark.parametrize("reason", ["it is S1234567D", "ask trainee1@example.com"])
async def test_no_personal_data_in_a_reason(world: World, reason: str) -> None:
    answer = await world.act(await world.final(), "void", reason=reason)

    assert (answer.status_code, reason in answer.text) == (422, False)
