from typing import Any
from uuid import UUID

from libs.access.permissions import Permission
from libs.web.body import Body
from libs.web.etag import IfMatch
from libs.web.guard import allow, public
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router


class Wish(Body):
    name: str


def doors() -> Router:
    router = Router(prefix="/api/v1/things", tags=["things"])

    @router.post("", dependencies=[allow(Permission.RUNS_WRITE)], status_code=201)
    async def make(wish: Wish) -> dict[str, str]:
        return {"name": wish.name}

    @router.put("/{thing_id}", dependencies=[allow(Permission.RUNS_WRITE)])
    async def change(thing_id: UUID, version: IfMatch, wish: Wish) -> dict[str, str]:
        return {"name": wish.name, "id": str(thing_id), "version": str(version)}

    @router.post("/token", dependencies=[public("hands out tokens")])
    @without_idempotency("its answer holds tokens")
    async def token(wish: Wish) -> dict[str, str]:
        return {"name": wish.name}

    return router


async def document(shop: Any) -> dict[str, Any]:
    async with shop.client(doors(), roles=[]) as client:
        read: dict[str, Any] = (await client.get("/openapi.json")).json()
        return read


async def test_every_operation_says_its_permission_or_why_it_is_public(shop: Any) -> None:
    paths = (await document(shop))["paths"]
    assert paths["/api/v1/things"]["post"]["x-permission"] == ["runs:write"]
    assert paths["/api/v1/things"]["post"]["security"] == [{"bearer": []}]
    assert paths["/api/v1/things/token"]["post"]["x-public"] == "hands out tokens"
    assert "security" not in paths["/api/v1/things/token"]["post"]


async def test_errors_are_problems_and_fastapis_shape_is_gone(shop: Any) -> None:
    made = await document(shop)
    change = made["paths"]["/api/v1/things/{thing_id}"]["put"]
    assert set(change["responses"]) == {"200", "401", "403", "404", "409", "412", "422", "428", "503"}
    assert list(change["responses"]["422"]["content"]) == ["application/problem+json"]
    assert {"Problem", "ProblemField", "Wish"} <= set(made["components"]["schemas"])
    assert "HTTPValidationError" not in str(made)


async def test_a_post_that_keeps_answers_offers_the_header(shop: Any) -> None:
    paths = (await document(shop))["paths"]
    assert [each["name"] for each in paths["/api/v1/things"]["post"]["parameters"]] == ["Idempotency-Key"]
    assert "parameters" not in paths["/api/v1/things/token"]["post"]


async def test_unknown_fields_are_refused_by_the_schema_too(shop: Any) -> None:
    assert (await document(shop))["components"]["schemas"]["Wish"]["additionalProperties"] is False
