"""A service's HTTP side around a given runtime."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request

from libs.web import health, openapi
from libs.web.door import Door
from libs.web.guard import ensure_guarded, public
from libs.web.problems import install_problems
from libs.web.routing import Router
from libs.web.runtime import WebRuntime
from libs.web.turns import Turns

# The Door measures and traces. FastAPI's own telemetry would do it twice, and records messages of errors.
_OWN_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}

_document = Router()


@_document.get("/openapi.json", include_in_schema=False, dependencies=[public("the API describes itself")])
async def show_document(request: Request) -> dict[str, Any]:
    return openapi.document(request.app)


def build(title: str, *, routers: Sequence[APIRouter], runtime: WebRuntime) -> FastAPI:
    """The app: routes, problems, health, metrics, document and door. Raises Unguarded for a route open by omission."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, telemetry=_OWN_TELEMETRY)
    app.state.runtime = runtime
    app.state.turns = Turns()
    for router in (*routers, health.router, _document):
        # Not include_router: it wraps each route once more and matches every request twice.
        app.router.routes.extend(router.routes)
    install_problems(app)
    app.add_middleware(Door, service=runtime.service, ids=runtime.ids)
    ensure_guarded(app)
    return app
