"""A course run served the way every service serves it, without a database: the hardest case for a gateway in front.

Guard, unit of work, door, trace, log and problems are the real ones; a query would only make the service slower and
the gateway's share smaller. It also publishes the keys that prove the bench's tokens, in auth's place.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import uvloop
from fastapi import Response
from pydantic import BaseModel

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.access.token import JwksVerifier
from libs.chassis.server import HttpServer
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.sources import SystemClock, TimeOrderedIds
from libs.telemetry.logging import configure_logging
from libs.telemetry.tracing import configure_tracing
from libs.web.application import build
from libs.web.etag import etag
from libs.web.guard import allow, public
from libs.web.routing import Router
from libs.web.transaction import Uow

RUN_ID = UUID("01a2074c-d2b8-72fd-8ebe-022b18e8c6fd")


class RunView(BaseModel):
    id: UUID
    course_id: UUID
    title: str
    status: str
    mode: str
    version: int
    seats: int
    seats_taken: int


def routes(jwks: Mapping[str, Any]) -> Router:
    router = Router(prefix="/api/v1")

    @router.get("/course-runs/{run_id}")
    async def get_run(
        uow: Uow, caller: Annotated[Principal, allow(Permission.RUNS_VIEW)], run_id: UUID, response: Response
    ) -> RunView:
        etag(response, 3)
        return RunView(
            id=run_id,
            course_id=caller.subject,
            title="Synthetic hygiene course",
            status="published",
            mode="classroom",
            version=3,
            seats=20,
            seats_taken=len(uow.emitted),
        )

    @router.get("/auth/jwks.json", dependencies=[public("keys are public")])
    async def keys() -> dict[str, Any]:
        return dict(jwks)

    return router


class FixedKeys:
    """The key set of the bench, known without asking anyone."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        self._jwks = jwks

    async def fetch(self) -> Mapping[str, Any]:
        return self._jwks

    async def close(self) -> None:
        """Nothing is open."""


class NoVault:
    """The measured endpoint keeps nothing; if it ever did, the measure would be of something else and stops."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        raise NotImplementedError(f"nothing is sealed here: {purpose}")

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        raise NotImplementedError(f"nothing is sealed here: {purpose}")


@dataclass(frozen=True)
class Parts:
    service: str
    units: UnitsOfWork
    clock: SystemClock
    ids: TimeOrderedIds
    verifier: JwksVerifier
    vault: NoVault


async def serve(port: int, jwks: Mapping[str, Any], telemetry_dir: str) -> None:
    configure_logging("course")
    configure_tracing("course", telemetry_dir)
    clock, ids = SystemClock(), TimeOrderedIds()
    engine = create_engine("postgresql://nobody@127.0.0.1:1/none", application_name="bench")
    parts = Parts(
        service="course",
        units=UnitsOfWork(engine, clock=clock, ids=ids),
        clock=clock,
        ids=ids,
        verifier=JwksVerifier(FixedKeys(jwks), issuer="tms", audience="tms", clock=clock),
        vault=NoVault(),
    )
    app = build("course", routers=[routes(jwks)], runtime=parts)
    await HttpServer(app, host="127.0.0.1", port=port, grace=timedelta(seconds=5)).serve()


def main() -> None:
    import json

    port, jwks, telemetry_dir = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(port, jwks, telemetry_dir))


if __name__ == "__main__":
    main()
