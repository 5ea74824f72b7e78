"""The roles that care for a service's schema: one brings it to head, the others wait until it is."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy.exc import DBAPIError

from libs.database.migrations import is_at_head, upgrade
from libs.database.provisioning import (
    EXTENSIONS,
    administering,
    hand_over,
    lend,
    make_database,
    make_extension,
    make_schema,
    one_at_a_time,
)

if TYPE_CHECKING:
    from libs.chassis.service import Service

log = structlog.get_logger()

ASK_AGAIN_S = 2.0


async def bring_to_head(service: "Service", url: str, admin_url: str) -> None:
    """Bring the schema to head with the service's own login; safe to repeat.

    With an administrator's address the login and its schema are made first, as the service's own address names them,
    and what must only ever grow belongs afterwards to a role that cannot sign in.
    """
    if not admin_url:
        await upgrade(url, folder=service.migrations, schema=service.schema)
        return
    database = urlsplit(url).path.lstrip("/")
    async with administering(admin_url) as connection, one_at_a_time(connection):
        await make_database(connection, database)
        for extension in EXTENSIONS:
            await make_extension(connection, extension)
        await make_schema(
            connection, database=database, schema=service.schema, login=_login(url), password=_password(url)
        )
    await upgrade_and_hand_over(service, url, admin_url)


async def upgrade_and_hand_over(service: "Service", url: str, admin_url: str) -> None:
    """The same for a login and a schema that stand."""
    login = _login(url)
    keeper = f"{login}_keeper"
    async with administering(admin_url) as connection:
        if not await is_at_head(url, folder=service.migrations, schema=service.schema):
            async with lend(connection, login=login, keeper=keeper):
                await upgrade(url, folder=service.migrations, schema=service.schema)
        await hand_over(connection, schema=service.schema, login=login, keeper=keeper)


async def await_head(service: "Service", url: str) -> None:
    """Return when the schema is where this build expects it, or further because a newer build has been here."""
    while True:
        try:
            if await is_at_head(url, folder=service.migrations, schema=service.schema, or_beyond=True):
                return
            why = "behind"
        except (DBAPIError, OSError, TimeoutError) as error:
            why = type(error).__name__
        log.info("waiting for the schema", service=service.wire_name, why=why)
        await asyncio.sleep(ASK_AGAIN_S)


def _login(url: str) -> str:
    return unquote(urlsplit(url).username or "")


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")
