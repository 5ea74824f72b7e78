"""Auth: who may sign in, as whom, and the keys by which every other service believes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from libs.access.token import JwksVerifier
from libs.chassis.composition import compose
from libs.chassis.runtime import Runtime
from libs.chassis.service import Service
from services.auth.api import clients, keys, me, roles, saved_views, sign_ins, users
from services.auth.handlers import follow_the_clock, prepare
from services.auth.models.model import Model
from services.auth.queries.keys import StoredKeys
from services.auth.settings import AuthSettings


@asynccontextmanager
async def compose_with_own_keys(service: Service, settings: AuthSettings) -> AsyncIterator[Runtime[Any]]:
    """As every service, except that auth reads its keys where they are kept."""
    async with compose(service, settings) as runtime:
        source = StoredKeys(runtime.units)
        own = JwksVerifier(source, issuer=settings.issuer, audience=settings.audience, clock=runtime.clock)
        yield replace(runtime, verifier=own)


auth = Service(
    name="auth",
    settings=AuthSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[sign_ins.router, me.router, saved_views.router, users.router, roles.router, clients.router, keys.router],
    duties=[follow_the_clock],
    prepare=prepare,
    composition=compose_with_own_keys,
)

if __name__ == "__main__":
    auth.run()
