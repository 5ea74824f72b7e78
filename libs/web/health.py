"""Is the process up, can it serve, and what does it count: for supervisors, load balancers and Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text

from libs.telemetry import metrics
from libs.web.guard import public
from libs.web.routing import Router
from libs.web.runtime import runtime_of

log = structlog.get_logger()

Check = Callable[[], Awaitable[None]]
"""Returns when the part it looks at can serve; raises otherwise."""

PATIENCE_S = 2.0
router = Router()


def add_check(app: FastAPI, name: str, check: Check) -> None:
    """Let readiness also depend on this part."""
    _checks(app)[name] = check


def _checks(app: Any) -> dict[str, Check]:
    if not hasattr(app.state, "readiness_checks"):
        app.state.readiness_checks = {}
    return cast("dict[str, Check]", app.state.readiness_checks)


@router.get("/livez", include_in_schema=False, dependencies=[public("asked by supervisors")])
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "up"}


@router.get("/readyz", include_in_schema=False, dependencies=[public("asked by load balancers")])
async def readyz(request: Request) -> JSONResponse:
    """200 when every part this service needs answers within two seconds, else 503 with which do not."""
    checks: dict[str, Check] = {"database": lambda: _ask_database(request), **_checks(request.app)}
    outcomes = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
    parts = {name: "ready" if fine else "away" for name, fine in zip(checks, outcomes, strict=True)}
    return JSONResponse({"status": "ready" if all(outcomes) else "away", "parts": parts}, 200 if all(outcomes) else 503)


@router.get("/metrics", include_in_schema=False, dependencies=[public("scraped by Prometheus, not reachable outside")])
async def show_metrics() -> Response:
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)


async def _ask_database(request: Request) -> None:
    async with runtime_of(request).units.reading() as unit:
        await unit.session.execute(text("select 1"))


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever ails the part, the answer is "away"
        log.warning("not ready", part=name, error=type(error).__name__)
        return False
    return True
