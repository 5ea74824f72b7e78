"""A small real service for fault tests, chaos runs and benchmarks: it says `sample.ticked` and hears it itself.

Its effect is one row per event, without a constraint that would hide a repetition. Runs as a real process:

    python -m libs.testing.sample.service run
"""

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import MetaData, text

from libs.access.permissions import Role
from libs.access.principal import Principal
from libs.chassis.runtime import Runtime
from libs.chassis.service import Service
from libs.chassis.settings import ServiceSettings
from libs.database.engine import create_engine
from libs.database.model import service_metadata
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.errors import Conflict, Unauthenticated
from libs.outbox.append import outbox_append
from libs.outbox.handlers import Handlers
from libs.privacy.vault import Vault
from libs.sources import SystemClock, TimeOrderedIds
from libs.testing.sample.events import SampleTicked, SampleTickedV2

metadata: MetaData = service_metadata("sample")
handlers = Handlers()
INSIDER = "sample-insider"
KILLED_STATUS = 9


class SampleSettings(ServiceSettings):
    knows_v2: bool = False
    hears: bool = True
    seed: int = 0


HEALED = text("select 1 from sample.fault_off where behave = :behave")
EFFECT = text("insert into sample.effect (event_id, sample_id, number) values (:event_id, :sample_id, :number)")


class Broken(RuntimeError):
    """The handler was told to fail."""


_SEEN: set[UUID | None] = set()


def _first_time(event_id: UUID | None) -> bool:
    """Whether this process meets the event for the first time."""
    known = event_id in _SEEN
    _SEEN.add(event_id)
    return not known


@handlers.on(SampleTicked)
async def note_tick(event: SampleTicked, uow: UnitOfWork) -> None:
    """Write the effect, then behave as the event says; `fault_off` heals a behaviour, as a better build would."""
    misbehaves = event.behave != "ok" and (await uow.session.execute(HEALED, {"behave": event.behave})).first() is None
    if event.behave == "once":
        misbehaves = _first_time(uow.causation_id)
    values = {"event_id": uow.causation_id, "sample_id": event.sample_id, "number": event.number}
    await uow.session.execute(EFFECT, values)
    if misbehaves and event.behave == "exit":
        os._exit(KILLED_STATUS)
    if misbehaves and event.behave == "refuse":
        raise Conflict("the sample refuses this")
    if misbehaves:
        raise Broken(f"told to {event.behave}")


async def note_tick_v2(event: SampleTickedV2, uow: UnitOfWork) -> None:
    values = {"event_id": uow.causation_id, "sample_id": event.sample_id, "number": event.number}
    await uow.session.execute(EFFECT, values)


class _OneInsider:
    """Lets only the sample's own feed calls in."""

    async def verify(self, token: str) -> Principal:
        if token != INSIDER:
            raise Unauthenticated("not the insider")
        return Principal(
            subject=UUID(int=1), roles=frozenset({Role.SERVICE}), scopes=frozenset({"events:feed", "messaging:view"})
        )


@asynccontextmanager
async def compose_alone(service: Service, settings: Any) -> AsyncIterator[Runtime[Any]]:
    """A runtime that needs no other service: its peer is itself."""
    clock, ids = SystemClock(), TimeOrderedIds()
    engine = create_engine(
        settings.database_url.get_secret_value(), application_name="tms sample", pool_size=settings.database_pool
    )
    peer = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.port}", headers={"Authorization": f"Bearer {INSIDER}"}, timeout=10
    )
    async with peer:
        yield Runtime(
            service=service.wire_name,
            settings=settings,
            engine=engine,
            units=UnitsOfWork(engine, clock=clock, ids=ids, append=outbox_append(service.wire_name, service.schema)),
            clock=clock,
            ids=ids,
            chance=random.Random(settings.seed) if settings.seed else random.Random(),
            verifier=_OneInsider(),
            vault=Vault.from_settings(SecretStr(""), SecretStr("")),
            peers={"sample": peer},
        )
    await engine.dispose()


def sample_service(*, hears: bool = True, knows_v2: bool = False) -> Service:
    """The service; `knows_v2` is a later build that understands version 2 of its event."""
    if knows_v2 and SampleTickedV2.routing_key() not in handlers.by_routing_key:
        handlers.on(SampleTickedV2)(note_tick_v2)
    return Service(
        name="sample",
        settings=SampleSettings,
        metadata=metadata,
        migrations=Path(__file__).parent / "migrations",
        handlers=handlers if hears else None,
        composition=compose_alone,
    )


sample = sample_service()

if __name__ == "__main__":
    sample_service(
        hears=os.environ.get("TMS_HEARS", "true") == "true", knows_v2=os.environ.get("TMS_KNOWS_V2") == "true"
    ).run()
