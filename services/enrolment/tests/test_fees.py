"""Money: what is asked, paid, taken back, paid back, and what TPGateway hears of it."""

from typing import Any

from services.enrolment.tests.builders import rate
from services.enrolment.tests.conftest import World, ok


async def sold(world: World, **given: Any) -> Any:
    """A confirmed place at 500 dollars, of which 150 are the nett fee."""
    run_id = await world.run()
    return await world.placed(run_id, **{"full_fee": "500.00", "nett_fee": "150.00", **given})


async def test_payments_carry_the_collection_status_forward(world: World) -> None:
    place = await sold(world)

    partial = await ok(world.act(place, "fee", world.finance, amount="50.10"))
    full = await ok(world.act(partial, "fee", world.finance, amount="99.90"))

    assert [each["fee_status"] for each in (place, partial, full)] == ["pending", "partial", "full"]
    assert [each["fees"]["outstanding"] for each in (place, partial, full)] == ["150", "99.9", "0"]
    assert [each["fee_sync"]["revision"] for each in (place, partial, full)] == [1, 2, 3]
    assert (await world.told()).count("enrolment.fee_changed") == 2


async def test_nobody_pays_more_than_is_owed(world: World) -> None:
    answer = await world.act(await sold(world), "fee", amount="150.01")

    assert (answer.status_code, answer.json()["code"]) == (409, "overpaid")


async def test_a_payment_that_moves_no_status_is_told_without_its_amount(world: World) -> None:
    place = await ok(world.act(await sold(world), "fee", amount="10"))

    again = await ok(world.act(place, "fee", amount="11.11"))

    last = (await world.stage.told())[-1]
    assert (last.event_type, again["fee_status"]) == ("enrolment.changed", "partial")
    assert "1111" not in str(last.data)
    assert "11.11" not in str(last.data)


async def test_only_a_reversal_takes_the_status_back(world: World) -> None:
    paid = await ok(world.act(await sold(world), "fee", amount="150"))
    entry = paid["fees"]["entries"][0]["id"]
    path = f"fee/{entry}/reverse"

    by_ops = await world.act(paid, path, reason="wrong person")
    back = await ok(world.act(paid, path, world.finance, reason="wrong person"))
    twice = await world.act(back, path, world.finance, reason="wrong person")

    assert by_ops.status_code == 403
    assert (back["fee_status"], back["fees"]["paid"]) == ("pending", "0")
    assert (twice.status_code, twice.json()["code"]) == (409, "entry_fixed")
    assert [each["kind"] for each in back["fees"]["entries"]] == ["payment", "reversal"]


async def test_asking_for_more_never_takes_the_status_back(world: World) -> None:
    paid = await ok(world.act(await sold(world), "fee", amount="150"))

    refused = await world.change(f"enrolments/{paid['id']}/fee", paid, nett_fee="200")

    assert (refused.status_code, refused.json()["code"]) == (409, "fee_would_fall_back")


async def test_amended_fees_are_owed_to_tpgateway_and_asking_for_less_may_settle_them(world: World) -> None:
    paid = await ok(world.act(await sold(world), "fee", amount="100"))
    path = f"enrolments/{paid['id']}/fee"

    amended = await ok(world.change(path, paid, nett_fee="100", discount="50"))
    due = await ok(world.change(path, amended, fee_due_on="2026-04-30"))
    same = await ok(world.change(path, due, nett_fee="100.00"))

    assert (amended["fee_status"], amended["sync"]["revision"]) == ("full", 2)
    assert (due["sync"]["revision"], due["version"], same["version"]) == (2, amended["version"] + 1, due["version"])


async def test_no_part_is_more_than_the_whole(world: World) -> None:
    place = await sold(world)

    for given in ({"nett_fee": "500.01"}, {"discount": "500.01"}, {"full_fee": "149.99"}):
        answer = await world.change(f"enrolments/{place['id']}/fee", place, **given)
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_words")


async def test_what_was_paid_for_a_cancelled_place_waits_to_be_paid_back(world: World) -> None:
    paid = await ok(world.act(await sold(world), "fee", amount="150"))
    gone = await ok(world.act(paid, "cancel", reason="sick"))
    listed = await ok(world.finance.get("/api/v1/enrolments", params={"refund_due": True}))

    too_much = await world.act(gone, "refund", world.finance, amount="150.01", reason="cancelled in time")
    done = await ok(world.act(gone, "refund", world.finance, amount="150", reason="cancelled in time"))

    assert (gone["fee_status"], gone["fees"]["refund_due"], done["fees"]["refund_due"]) == ("cancelled", "150", "0")
    assert [each["id"] for each in listed["items"]] == [gone["id"]]
    assert too_much.json()["code"] == "nothing_to_refund"
    assert done["fee_sync"]["revision"] == 2  # the payment's: a refund is known here only
    assert (await ok(world.finance.get("/api/v1/enrolments", params={"refund_due": True})))["items"] == []


async def test_whoever_loses_the_grant_owes_the_full_fee(world: World) -> None:
    paid = await ok(world.act(await sold(world), "fee", amount="150"))

    await world.hear(rate(paid, met=False, reachable=False))

    owing = await world.read(paid)
    assert (owing["fundable"], owing["fees"]["outstanding"], owing["fee_status"]) == (False, "350", "full")
    assert (await ok(world.act(owing, "fee", amount="350")))["fees"]["outstanding"] == "0"


async def test_nothing_to_pay_is_fully_paid(world: World) -> None:
    assert (await world.draft(await world.run()))["fee_status"] == "full"
