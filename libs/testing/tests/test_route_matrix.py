"""The generated access test finds what it is there to find."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy import MetaData

from libs.access.permissions import MATRIX, Permission
from libs.chassis.service import Service
from libs.chassis.settings import ServiceSettings
from libs.testing import route_matrix
from libs.testing.route_matrix import entrances, wrong_cells
from libs.testing.sample import service as sample
from libs.testing.stage import MakeStage, Stage
from libs.web.guard import Unguarded, allow, public
from libs.web.routing import Router


@pytest.fixture
def lent() -> Router:
    router = Router(prefix="/api/v1/things")

    @router.get("/by-id/{thing_id}", dependencies=[allow(Permission.AUDIT_READ)])
    async def read(thing_id: str) -> str:
        return thing_id

    @router.get("/sign", dependencies=[public("everybody may see the sign")])
    async def sign() -> str:
        return "open"

    return router


MakeLent = Callable[[APIRouter], Service]


@pytest.fixture
def make_lent() -> MakeLent:
    """A synthetic service with the given routes, in the schema of the sample."""

    def make(router: APIRouter) -> Service:
        made: dict[str, Any] = {"settings": ServiceSettings, "metadata": MetaData(schema="sample")}
        migrations = Path(sample.__file__).parent / "migrations"
        return Service(name="sample", migrations=migrations, routers=[router], **made)

    return make


async def staged(stage: MakeStage, make_lent: MakeLent, router: APIRouter) -> Stage:
    return await stage(make_lent(router))


async def test_a_service_that_keeps_to_the_matrix_has_no_wrong_cell(
    stage: MakeStage, make_lent: MakeLent, lent: Router
) -> None:
    made = await staged(stage, make_lent, lent)
    assert {str(each) for each in entrances(made.app)} >= {
        "GET /api/v1/things/by-id/placeholder",
        "GET /api/v1/things/sign",
    }
    assert await wrong_cells(made) == []


async def test_a_door_that_opens_to_others_than_the_matrix_says_is_found(
    stage: MakeStage, make_lent: MakeLent, lent: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an expectation that only lets nobody read the audit log, when it is compared, then each who can is told."""
    made = await staged(stage, make_lent, lent)
    monkeypatch.setattr(route_matrix, "MATRIX", {**MATRIX, Permission.AUDIT_READ: {}})
    found = await wrong_cells(made)
    assert {line.split(" to ")[1] for line in found} == {f"{who}; expected 403" for who in ("admin", "ops", "auditor")}


async def test_a_door_that_fails_is_found(stage: MakeStage, make_lent: MakeLent) -> None:
    router = Router(prefix="/api/v1/things")

    @router.get("", dependencies=[public("it fails for everybody")])
    async def fail() -> None:
        raise RuntimeError("a defect")

    found = await wrong_cells(await staged(stage, make_lent, router))
    assert found
    assert all("GET /api/v1/things answered 500" in line for line in found)


async def test_a_route_without_a_permission_does_not_start(stage: MakeStage, make_lent: MakeLent) -> None:
    router = Router(prefix="/api/v1/things")

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(Unguarded, match="GET /api/v1/things/forgotten"):
        await staged(stage, make_lent, router)
