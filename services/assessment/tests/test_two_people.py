"""What one person asks for and another decides: late amendments, and an assessor's wish to void."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from libs.access.permissions import Role
from services.assessment.tests.conftest import World, allowed, ok

LAST_MOMENT = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
"""Seven whole Singapore days after the day of finalising, a second before midnight."""


async def late(world: World, **given: Any) -> Any:
    """A result whose amend window has closed."""
    final = await world.final(**given)
    world.stage.clock.set(LAST_MOMENT + timedelta(seconds=1))
    return await world.read(final)


async def test_the_amend_window_closes_at_singapore_midnight(world: World) -> None:
    final = await world.final(score=60)
    world.stage.clock.set(LAST_MOMENT)
    amended = await ok(world.act(final, "amend", score=61, reason="added up wrongly"))
    world.stage.clock.advance(timedelta(seconds=1))

    by_assessor = await world.act(amended, "amend", score=62, reason="added up wrongly")
    by_admin = await world.act(amended, "amend", world.admin, score=62, reason="added up wrongly")

    assert final["amendable_until"] == date(2026, 3, 9).isoformat()
    assert (amended["score"], amended["sync"]["revision"], amended["sync"]["state"]) == (61, 2, "stale")
    for refused in (by_assessor, by_admin):
        assert (refused.status_code, refused.json()["code"]) == (409, "amend_needs_second_person")
        assert refused.json()["allowed"] == ["propose"]


async def test_ops_only_propose(world: World) -> None:
    final = await world.final(score=60)

    alone = await world.act(final, "amend", world.ops, score=61, reason="added up wrongly")
    proposed = await ok(world.act(final, "proposals", world.ops, score=61, reason="added up wrongly"))
    approved = await ok(world.decide(proposed, "approve"))

    assert (alone.status_code, alone.json()["code"]) == (409, "amend_needs_second_person")
    assert (proposed["score"], proposed["open_proposal"]["values"]) == (60, {"score": 61})
    assert (approved["score"], approved["open_proposal"]) == (61, None)


async def test_a_late_amendment_is_made_in_the_name_of_both(world: World) -> None:
    final = await late(world, score=60)
    proposed = await ok(world.act(final, "proposals", score=70, reason="added up wrongly"))

    approved = await ok(world.decide(proposed, "approve", reason="seen the paper"))

    history = await ok(world.admin.get(f"/api/v1/assessments/{final['id']}/history"))
    (proposal,) = await ok(world.admin.get(f"/api/v1/assessments/{final['id']}/proposals"))
    assert (approved["score"], approved["sync"]["revision"]) == (70, 2)
    assert (proposal["status"], proposal["proposed_by"]) == ("approved", str(world.assessor_id))
    assert history[-1]["proposal_id"] == proposal["id"]
    told = [each for each in await world.stage.told() if each.event_type == "assessment.amended"]
    assert (told[0].data["proposal_id"], told[0].data["reason"]) == (proposal["id"], "added up wrongly")


async def test_a_declined_one_changes_nothing(world: World) -> None:
    final = await late(world, score=60)
    proposed = await ok(world.act(final, "proposals", score=70, reason="added up wrongly"))

    without_reason = await world.decide(proposed, "decline")
    declined = await ok(world.decide(proposed, "decline", reason="the paper says 60"))

    assert (without_reason.status_code, declined["score"], declined["sync"]["revision"]) == (422, 60, 1)
    assert (await world.told())[-1] == "assessment.amendment_declined"
    again = await world.act(declined, f"proposals/{proposed['open_proposal']['id']}/approve", world.admin)
    assert (again.status_code, again.json()["code"]) == (409, "proposal_decided")


@pytest.mark.parametrize("how", ["approve", "decline"])
async def test_nobody_decides_what_they_asked_for(world: World, how: str) -> None:
    final = await late(world, score=60)
    proposed = await ok(world.act(final, "proposals", world.admin, score=70, reason="added up wrongly"))

    own = await world.decide(proposed, how, world.admin, reason="looks right")
    other = await world.decide(proposed, how, world.second_admin, reason="looks right")

    assert (own.status_code, own.json()["code"], other.status_code) == (409, "own_proposal", 200)
    assert {"approve", "decline"}.isdisjoint(allowed(proposed))


async def test_an_assessor_approves_nothing(world: World) -> None:
    proposed = await ok(world.act(await world.final(score=60), "proposals", world.ops, score=70, reason="wrong sum"))

    assert (await world.decide(proposed, "approve", world.assessor)).status_code == 403
    assert (await world.decide(proposed, "approve", world.ops)).status_code == 403


async def test_who_asked_may_take_it_back_and_nobody_else(world: World) -> None:
    proposed = await ok(world.act(await world.final(score=60), "proposals", score=70, reason="wrong sum"))

    by_other = await world.decide(proposed, "withdraw", world.ops, reason="not needed")
    taken_back = await ok(world.decide(proposed, "withdraw", world.assessor, reason="was right"))

    assert (by_other.status_code, by_other.json()["code"]) == (409, "not_your_proposal")
    assert (taken_back["open_proposal"], taken_back["score"]) == (None, 60)


async def test_one_waits_at_a_time_and_nothing_is_amended_meanwhile(world: World) -> None:
    proposed = await ok(world.act(await world.final(score=60), "proposals", score=70, reason="wrong sum"))

    second = await world.act(proposed, "proposals", world.ops, score=80, reason="wrong sum")
    amended = await world.act(proposed, "amend", score=80, reason="wrong sum")

    assert [each.status_code for each in (second, amended)] == [409, 409]
    assert second.json()["allowed"] == ["void", "approve", "decline"]


async def test_what_could_not_stand_is_not_proposed(world: World) -> None:
    final = await world.final(score=60)

    against_the_rule = await world.act(final, "proposals", score=20, reason="wrong sum")
    nothing = await world.act(final, "proposals", score=60, reason="wrong sum")

    assert (against_the_rule.status_code, against_the_rule.json()["code"]) == (422, "rule_broken")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_to_change")


async def test_an_assessor_asks_to_void_and_an_admin_agrees(world: World) -> None:
    asked = await ok(world.act(await world.final(), "void", reason="somebody else's paper"))

    by_self = await world.decide(asked, "approve", world.assessor)
    voided = await ok(world.decide(asked, "approve"))

    assert (asked["status"], asked["open_proposal"]["kind"], by_self.status_code) == ("final", "void", 403)
    assert (voided["status"], voided["void_reason"]) == ("voided", "somebody else's paper")
    told = [each for each in await world.told() if each != "access.refused"]
    assert told[-4:] == [
        "assessment.void_requested",
        "assessment.voided",
        "assessment_outcome.changed",
        "certificate.revoked",
    ]


async def test_a_declined_void_leaves_the_result(world: World) -> None:
    asked = await ok(world.act(await world.final(), "void", reason="somebody else's paper"))

    declined = await ok(world.decide(asked, "decline", reason="it is the right one"))

    assert (declined["status"], declined["effective"]) == ("final", True)
    assert (await world.told())[-1] == "assessment.void_declined"


async def test_an_assessor_who_is_also_admin_still_needs_a_second_person(world: World) -> None:
    both = await world.stage.client(Role.ASSESSOR, Role.ADMIN, subject=world.assessor_id)
    proposed = await ok(world.act(await late(world, score=60), "proposals", score=70, reason="wrong sum"))

    assert (await world.decide(proposed, "approve", both)).json()["code"] == "own_proposal"


@pytest.mark.parametrize("asker", ["ops", "admin"])
async def test_voiding_at_once_ends_what_waits(world: World, asker: str) -> None:
    client = getattr(world, asker)
    proposed = await ok(world.act(await world.final(score=60), "proposals", client, score=70, reason="wrong sum"))

    voided = await ok(world.act(proposed, "void", world.admin, reason="wrong paper"))

    (proposal,) = await ok(world.admin.get(f"/api/v1/assessments/{voided['id']}/proposals"))
    assert (voided["status"], voided["open_proposal"]) == ("voided", None)
    assert proposal["status"] == ("declined" if asker == "ops" else "withdrawn")


async def test_each_needs_its_reason(world: World) -> None:
    final = await world.final(score=60)

    answers = [
        await world.act(final, "amend", score=61),
        await world.act(final, "proposals", score=61),
        await world.act(final, "void"),
        await world.act(await world.draft(), "override", world.admin),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4


async def test_the_spelling_of_a_name_is_told_anew(world: World) -> None:
    amended = await ok(world.act(await world.final(), "amend", name_spelling=True, reason="name corrected"))

    told = [each for each in await world.stage.told() if each.event_type == "assessment.amended"]
    assert amended["sync"]["revision"] == 2
    assert told[0].data["changes"] == [{"field": "name_spelling"}]
