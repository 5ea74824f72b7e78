"""Engines: the only place that opens connections to Postgres."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_TIMEOUT_S = 5
SILENT_AFTER_S = 35
"""Longer than any statement may take: a server that says nothing for so long is not slow but gone."""


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
    """A pooled engine; a connection found dead at checkout is replaced, statements end after 30 s.

    A server that says nothing for `silent_after_s` raises TimeoutError.
    """
    return create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=pool_timeout_s,
        pool_pre_ping=True,
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
