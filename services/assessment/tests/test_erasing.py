"""How a person did is read by nobody once they are erased, in no revision; that somebody passed stays on record."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.access.permissions import Role
from libs.contracts.enrolment import TraineeErased
from libs.errors import Unavailable
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Erased
from libs.testing.residue import sealed_with_own_keys
from services.assessment.handlers import seal_some
from services.assessment.models.words import PROPOSED_WORDS, RESULT_WORDS
from services.assessment.tests.conftest import World, ok

API = "/api/v1/assessments"


async def person_of(world: World, enrolment_id: UUID) -> UUID:
    async with world.stage.units.reading() as unit:
        found = await unit.session.execute(
            text("select trainee_id from assessment.enrolment where id = :one"), {"one": enrolment_id}
        )
        person: UUID = found.scalar_one()
        return person


async def erased(world: World, enrolment_id: UUID) -> TraineeErased:
    person = await person_of(world, enrolment_id)
    return TraineeErased(trainee_id=person, revision=2, enrolment_ids=(enrolment_id,), policy_version=1)


def url_of(world: World) -> str:
    return str(world.stage.runtime.settings.database_url.get_secret_value())


async def a_history(world: World, enrolment_id: UUID) -> Any:
    """A result that was amended, with another amendment open."""
    final = await world.final(enrolment_id, score=80, grade="B")
    final = await ok(world.act(final, "amend", score=90, reason="misread"))
    return await ok(world.act(final, "proposals", world.ops, score=70, reason="misread again"))


async def test_no_result_and_no_revision_is_read_again(world: World) -> None:
    place, other = await world.place(), await world.place()
    mine, theirs = await a_history(world, place), await a_history(world, other)
    person = await person_of(world, place)
    copies = [value for _, value in await sealed_with_own_keys(url_of(world)) if value[1:17] == person.bytes]
    before = await ok(world.admin.get(f"{API}/{mine['id']}/history"))

    await world.hear(await erased(world, place))
    await world.hear(await erased(world, place))

    seen = await world.read(mine)
    history = await ok(world.admin.get(f"{API}/{mine['id']}/history"))
    proposals = await ok(world.admin.get(f"{API}/{mine['id']}/proposals"))
    listed = await ok(world.admin.get(API, params={"enrolment_id": str(place)}))
    outcome = await world.outcome(place)
    assert [each["score"] for each in before] == [80, 90]
    assert (seen["erased"], seen["result"], seen["score"], seen["grade"]) == (True, None, None, None)
    assert [(each["erased"], each["result"], each["score"]) for each in history] == [(True, None, None)] * 2
    assert [each["values"] for each in proposals] == [{}]
    assert [each["erased"] for each in listed["items"]] == [True]
    assert outcome == (True, True)
    assert (await world.read(theirs))["score"] == 90
    assert len(copies) > len(before)
    async with world.stage.units.reading() as unit:
        people = PersonalVault(world.stage.runtime.vault, unit, "assessment")
        await people.hold_for(copies)
        for copy in copies:
            with pytest.raises(Erased):
                people.open(copy, purpose=RESULT_WORDS, subject=UUID(mine["id"]))


async def test_nothing_more_is_said_of_them(world: World) -> None:
    place = await world.place()
    mine, another = await a_history(world, place), await world.place()
    plain = await world.final(another)
    await world.hear(await erased(world, place), await erased(world, another))
    teller = await world.stage.client(Role.SERVICE, scopes=("submissions:read",))

    refused = [
        await world.act(plain, "amend", score=95, reason="again"),
        await world.decide(mine, "approve"),
        await teller.get(f"/internal/v1/submissions/assessment/{mine['id']}"),
    ]
    bulk = {"run_id": mine["run_id"], "assessed_on": mine["assessed_on"]}
    line = {"enrolment_id": str(place), "skill_code": "SKILL-1", "attempt": 1, "result": "Pass"}
    many = await ok(world.assessor.post(f"{API}/bulk", json={**bulk, "lines": [line]}))

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(410, "erased")] * 3
    assert [each["code"] for each in many["lines"]] == ["erased"]


async def test_old_results_get_keys_first_and_are_erased_then(world: World) -> None:
    place = await world.place()
    mine = await a_history(world, place)
    await _seal_as_before(world)
    with pytest.raises(Unavailable):
        await world.hear(await erased(world, place))
    as_before = await world.read(mine)

    while await seal_some(world.stage.runtime):
        pass
    anew = await world.read(mine)
    await world.hear(await erased(world, place))

    assert (as_before["score"], anew["score"], anew["version"]) == (90, 90, mine["version"])
    assert (await world.read(mine))["erased"]


async def test_a_revision_is_sealed_anew_and_changed_in_nothing_else(world: World) -> None:
    mine = await a_history(world, await world.place())
    key = {"one": UUID(mine["id"])}
    for change in (
        "words_sealed = words_sealed || '\\x00'",
        "reason = 'another'",
        "words_sealed = '\\x0201', number = 9",
    ):
        with pytest.raises(IntegrityError, match="never changed"):
            await _run(world, f"update assessment.revision set {change} where assessment_id = :one", **key)  # noqa: S608 - the list above


async def test_no_certificate_is_printed_for_nobody(world: World) -> None:
    place = await world.place()
    await world.final(place)
    (certificate,) = (await ok(world.admin.get(f"{API}/certificates", params={"enrolment_id": str(place)})))["items"]

    def roll(request: httpx.Request) -> httpx.Response:
        run_id = request.url.path.rpartition("/")[2]
        entry = {"enrolment_id": str(place), "trainee_id": str(place), "status": "completed", "erased": True}
        entry |= {"full_name": "erased", "id_masked": "erased"}
        return httpx.Response(200, json={"run_id": run_id, "entries": [entry]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(roll), base_url="http://enrolment.test") as peer:
        world.stage.runtime.peers["enrolment"] = peer  # type: ignore[index]
        printed = await world.admin.get(f"{API}/certificates/{certificate['id']}/pdf")

    nobody = await world.stage.client()
    code = certificate["code"]
    verified = await ok(nobody.get(f"{API}/certificates/verify/{code}"))
    assert (printed.status_code, printed.json()["code"]) == (410, "erased")
    assert verified["standing"] == "valid"


async def _run(world: World, statement: str, **values: UUID) -> None:
    async with world.stage.units.begin() as unit:
        await unit.session.execute(text(statement), values)


async def _seal_as_before(world: World) -> None:
    """Sealed with the keyring, as all was before people had keys of their own."""
    vault = world.stage.runtime.vault
    async with world.stage.units.begin() as unit:
        people = PersonalVault(vault, unit, "assessment")
        for table, key, column, purpose in (
            ("assessment", "id", "words_sealed", RESULT_WORDS),
            ("revision", "assessment_id", "words_sealed", RESULT_WORDS),
            ("proposal", "id", "values_sealed", PROPOSED_WORDS),
        ):
            await unit.session.execute(text(f"alter table assessment.{table} disable trigger user"))
            rows = (await unit.session.execute(text(f"select {key}, {column} from assessment.{table}"))).all()  # noqa: S608 - the list above
            await people.hold_for(bytes(sealed) for _, sealed in rows)
            for one, sealed in rows:
                old = vault.seal(people.open(bytes(sealed), purpose=purpose, subject=one), purpose=purpose, subject=one)
                change = f"update assessment.{table} set {column} = :old where {column} = :sealed"  # noqa: S608 - the list above
                await unit.session.execute(text(change), {"old": old, "sealed": bytes(sealed)})
            await unit.session.execute(text(f"alter table assessment.{table} enable trigger user"))
        await unit.session.execute(text("alter table assessment.data_key disable trigger user"))
        await unit.session.execute(text("delete from assessment.data_key"))
        await unit.session.execute(text("alter table assessment.data_key enable trigger user"))
