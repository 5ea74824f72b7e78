from typing import Any

import pytest

from libs.access.permissions import Permission
from libs.web.body import Body
from libs.web.guard import allow
from libs.web.reason import Reason
from libs.web.routing import Router

NRIC = "S1234567D"  # synthetic


class Why(Body):
    reason: Reason


def doors() -> Router:
    router = Router(prefix="/api/v1/things", dependencies=[allow(Permission.SELF)])

    @router.post("/close")
    async def close(wish: Why) -> dict[str, str]:
        return {"reason": wish.reason}

    return router


@pytest.mark.parametrize("leak", [NRIC, "s1234567d", "Ask person@example.com", "+65 9123 4567", "ring 91234567"])
async def test_a_reason_that_names_a_person_is_refused_with_a_way_to_mend_it(shop: Any, leak: str) -> None:
    async with shop.client(doors()) as client:
        response = await client.post("/api/v1/things/close", json={"reason": f"because of {leak}"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert (error["field"], error["code"]) == ("reason", "personal_data")
    assert error["fix"] == "Leave it out, or name the record by its id."
    assert leak not in response.text


@pytest.mark.parametrize(("reason", "code"), [("no", "string_too_short"), ("x" * 501, "string_too_long")])
async def test_a_reason_has_a_length(shop: Any, reason: str, code: str) -> None:
    async with shop.client(doors()) as client:
        response = await client.post("/api/v1/things/close", json={"reason": reason})
    assert [error["code"] for error in response.json()["errors"]] == [code]


async def test_an_ordinary_reason_is_taken_as_it_is(shop: Any) -> None:
    reason = "3 of 12 seats for TGS-2026000123 on 2026-03-02; see 01a2074c-d2b8-72fd-8ebe-022b18e8c6fd"
    async with shop.client(doors()) as client:
        response = await client.post("/api/v1/things/close", json={"reason": f" {reason} "})
    assert (response.status_code, response.json()) == (200, {"reason": reason})
