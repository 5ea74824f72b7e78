from typing import Any

import pytest
from fastapi import Response

from libs.access.permissions import Permission
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.routing import Router


def doors() -> Router:
    router = Router(prefix="/api/v1/things", dependencies=[allow(Permission.SELF)])

    @router.put("")
    async def change(version: IfMatch, response: Response) -> dict[str, int]:
        etag(response, version + 1)
        return {"read": version}

    return router


async def test_the_version_read_comes_in_and_the_new_one_goes_out(shop: Any) -> None:
    async with shop.client(doors()) as client:
        changed = await client.put("/api/v1/things", headers={"If-Match": '"7"'})
    assert changed.json() == {"read": 7}
    assert changed.headers["etag"] == '"8"'


async def test_without_if_match_it_is_428(shop: Any) -> None:
    async with shop.client(doors()) as client:
        refused = await client.put("/api/v1/things")
    assert (refused.status_code, refused.json()["code"]) == (428, "precondition_missing")


@pytest.mark.parametrize("value", ["7", 'W/"7"', "*", '"seven"', '"7", "8"', '""', '"-1"', '"99999999999"'])
async def test_another_shape_is_422_with_a_fix(shop: Any, value: str) -> None:
    async with shop.client(doors()) as client:
        refused = await client.put("/api/v1/things", headers={"If-Match": value})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "If-Match"
