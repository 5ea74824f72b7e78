"""Engines: the only place that opens connections to Postgres."""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_TIMEOUT_S = 5
SILENT_AFTER_S = 35
"""Longer than any statement may take: a server that says nothing for so long is not slow but gone."""
FRESH_FOR_S = 1.0
"""A connection used so shortly ago is taken as it is; asking it costs as much as what it is wanted for."""


def async_url(url: str) -> str:
    """A `postgresql://` URL as SQLAlchemy wants it for asyncpg."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1).replace("postgres://", "postgresql+asyncpg://", 1)


def plain_url(url: str) -> str:
    """The same address for asyncpg itself."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def create_engine(
    url: str,
    *,
    application_name: str,
    pool_size: int = 5,
    max_overflow: int = 10,
    pool_timeout_s: float = 5.0,
    silent_after_s: float = SILENT_AFTER_S,
) -> AsyncEngine:
    """A pooled engine; a connection that rested and is found dead at checkout is replaced, statements end after 30 s.

    A server that says nothing for `silent_after_s` raises TimeoutError.
    """
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout_s,
        hide_parameters=True,  # values may be personal; errors and logs must not repeat them
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": silent_after_s,
            "server_settings": {
                "application_name": application_name,
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": "30s",
                "idle_in_transaction_session_timeout": "60s",
                "lock_timeout": "10s",
            },
        },
    )
    _ask_the_rested(engine)
    return engine


def _ask_the_rested(engine: AsyncEngine) -> None:
    """Ask a connection whether it lives before it is lent out, unless it was used a moment ago."""

    @event.listens_for(engine.sync_engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None or time.monotonic() - rests_since < FRESH_FOR_S:
            return
        dialect = engine.sync_engine.dialect
        try:
            alive = dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise InvalidatePoolError
