"""The control API under `/_control`: for tests and demonstrations, from this machine only."""

from typing import Any

from fastapi import FastAPI

from infra.tpg_simulator.control import inspection, settings, trouble
from infra.tpg_simulator.control.portal.application import router as portal
from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.world import World

PREFIX = "/_control"


def build_control(world: World) -> FastAPI:
    control = FastAPI(title="TPGateway simulator: control", version="1", docs_url="/docs", redoc_url=None)
    control.state.world = world
    for router in (trouble.router, settings.router, inspection.router, portal):
        control.include_router(router)
    control.get("/")(tell_about)
    return control


async def tell_about(world: Controlled) -> dict[str, Any]:
    """Tell what this is; ready when it answers."""
    return {
        "what": "TPGateway simulator",
        "profile": world.switches.profile,
        "providers": [provider.uen for provider in world.seed.providers],
        "runs": sum(not run.deleted for run in world.store.runs.values()),
        "enrolments": sum(one.standing for one in world.store.enrolments.all()),
        "attendance": sum(one.standing for one in world.store.attendance.all()),
        "assessments": sum(one.standing for one in world.store.assessments.all()),
        "docs": f"{PREFIX}/docs",
    }
