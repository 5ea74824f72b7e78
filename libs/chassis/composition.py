"""Puts the parts of one service process together, from its settings alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from libs.access.client_token import ClientTokenAuth
from libs.access.token import JwksVerifier
from libs.chassis.runtime import Runtime
from libs.chassis.settings import ServiceSettings
from libs.database.engine import create_engine
from libs.database.unit_of_work import UnitsOfWork
from libs.outbox.append import outbox_append
from libs.privacy.vault import Vault
from libs.sources import Clock, TimeOrderedIds, clock_of, system_chance
from libs.telemetry.context import find_current
from libs.telemetry.tracing import configure_tracing, inject

if TYPE_CHECKING:
    from libs.chassis.service import Service

CONNECT_S, TOTAL_S = 2.0, 10.0

Composition = Callable[["Service", Any], AbstractAsyncContextManager[Runtime[Any]]]
"""Puts a runtime together for a service and its settings, and takes it apart at the end."""


@asynccontextmanager
async def compose(service: "Service", settings: ServiceSettings) -> AsyncIterator[Runtime[Any]]:
    """The runtime of one process; everything it opened is closed when the block ends."""
    clock, ids = clock_of(settings.clock_file), TimeOrderedIds()
    async with AsyncExitStack() as stack:
        stack.callback(
            configure_tracing(
                service.wire_name, settings.telemetry_dir, settings.otlp_endpoint, version=settings.version
            )
        )
        engine = create_engine(
            settings.database_url.get_secret_value(),
            application_name=f"tms {service.wire_name}",
            pool_size=settings.database_pool,
            max_overflow=settings.database_pool * 2,
        )
        stack.push_async_callback(engine.dispose)
        verifier = JwksVerifier.from_url(
            f"{settings.auth_url}/api/v1/auth/jwks.json",
            issuer=settings.issuer,
            audience=settings.audience,
            clock=clock,
        )
        stack.push_async_callback(verifier.close)
        peers = {
            name: await stack.enter_async_context(_peer(url, settings, clock)) for name, url in settings.peers.items()
        }
        yield Runtime(
            service=service.wire_name,
            settings=settings,
            engine=engine,
            units=UnitsOfWork(engine, clock=clock, ids=ids, append=outbox_append(service.wire_name, service.schema)),
            clock=clock,
            ids=ids,
            chance=system_chance(),
            verifier=verifier,
            vault=Vault.from_settings(settings.encryption_keys, settings.blind_index_key),
            peers=peers,
        )


def _peer(url: str, settings: ServiceSettings, clock: Clock) -> httpx.AsyncClient:
    """A client for one other service: our token, our journey and trace on every request."""
    auth = None
    if settings.client_id is not None and settings.client_secret is not None:
        auth = ClientTokenAuth(
            token_url=f"{settings.auth_url}/api/v1/auth/token",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            clock=clock,
        )

    async def carry_lineage(request: httpx.Request) -> None:
        context = find_current()
        if context is not None:
            request.headers["X-Correlation-Id"] = str(context.correlation_id)
        inject(request.headers)

    return httpx.AsyncClient(
        base_url=url,
        auth=auth,
        timeout=httpx.Timeout(TOTAL_S, connect=CONNECT_S),
        event_hooks={"request": [carry_lineage]},
    )
