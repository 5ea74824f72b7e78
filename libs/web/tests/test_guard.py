from typing import Annotated, Any

import pytest
from fastapi import APIRouter

from libs.access.permissions import Permission, Role
from libs.access.principal import Principal
from libs.contracts.access import AccessRefused
from libs.telemetry.context import current
from libs.web.body import Body
from libs.web.guard import Caller, Unguarded, allow, public
from libs.web.routing import Router


class Wish(Body):
    name: str


def doors() -> Router:
    router = Router(prefix="/api/v1/things")

    @router.get("", dependencies=[allow(Permission.USERS_VIEW)])
    async def look() -> dict[str, str]:
        return {"actor": current().actor_id, "role": current().actor_role}

    @router.post("", dependencies=[allow(Permission.USERS_WRITE)])
    async def make(wish: Wish) -> dict[str, str]:
        return {"name": wish.name}

    @router.get("/me")
    async def me(caller: Annotated[Principal, allow(Permission.SELF)]) -> dict[str, str]:
        return {"subject": str(caller.subject)}

    @router.get("/open", dependencies=[public("anyone may see that it is open")])
    async def is_open() -> dict[str, str]:
        return {"open": "yes", "actor": current().actor_id}

    @router.get("/nobody", dependencies=[public("a mistake: public, yet it asks who calls")])
    async def nobody(caller: Caller) -> dict[str, str]:
        return {"subject": str(caller.subject)}

    return router


async def test_a_caller_with_the_permission_acts_under_its_own_name(shop: Any) -> None:
    async with shop.client(doors(), roles=[Role.ADMIN]) as client:
        seen = (await client.get("/api/v1/things")).json()
        me = (await client.get("/api/v1/things/me")).json()
    assert seen == {"actor": me["subject"], "role": "admin"}


async def test_without_a_token_nothing_but_public_routes_answers(shop: Any) -> None:
    async with shop.client(doors(), roles=[]) as client:
        refused = await client.get("/api/v1/things")
        anyone = await client.get("/api/v1/things/open")
        nobody = await client.get("/api/v1/things/nobody")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert anyone.json() == {"open": "yes", "actor": "system"}
    assert nobody.status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer unknown", "bearer\tunknown"])
async def test_a_header_that_proves_nobody_is_401(shop: Any, header: str) -> None:
    async with shop.client(doors(), roles=[]) as client:
        refused = await client.get("/api/v1/things", headers={"Authorization": header})
    assert refused.status_code == 401


async def test_who_may_not_enter_learns_nothing_about_the_body(shop: Any) -> None:
    async with shop.client(doors(), roles=[Role.TRAINER]) as client:
        refused = await client.post(
            "/api/v1/things", content=b"{ not json", headers={"Content-Type": "application/json"}
        )
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_refusal_is_told_as_an_event_with_the_route_template(shop: Any) -> None:
    router = Router(prefix="/api/v1/users")

    @router.delete("/{user_id}", dependencies=[allow(Permission.USERS_WRITE)])
    async def remove(user_id: str) -> None:
        raise AssertionError(user_id)

    async with shop.client(router, roles=[Role.FINANCE]) as client:
        refused = await client.delete("/api/v1/users/S1234567D")
    assert refused.status_code == 403
    (event,) = shop.told
    assert isinstance(event, AccessRefused)
    assert (event.service, event.permission, event.method, event.route) == (
        "shop",
        "users:write",
        "DELETE",
        "/api/v1/users/{user_id}",
    )


def test_a_route_without_a_declared_permission_stops_the_start(shop: Any) -> None:
    router = Router(prefix="/api/v1/things")

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(Unguarded, match="GET /api/v1/things/forgotten"):
        shop.app(router)


def test_a_route_of_a_foreign_router_stops_the_start(shop: Any) -> None:
    router = APIRouter()

    @router.get("/stray", dependencies=[allow(Permission.SELF)])
    async def stray() -> None: ...

    with pytest.raises(Unguarded, match="GET /stray"):
        shop.app(router)


def test_a_permission_deep_in_the_dependencies_counts(shop: Any) -> None:
    router = Router(prefix="/api/v1/things")

    async def wanted(caller: Annotated[Principal, allow(Permission.AUDIT_READ)]) -> str:
        return str(caller.subject)

    from fastapi import Depends

    @router.get("/deep")
    async def deep(wanted: Annotated[str, Depends(wanted)]) -> str:
        return wanted

    assert shop.app(router).title == "shop"
