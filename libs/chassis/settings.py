"""The settings every service shares; a service adds its own knobs by inheriting.

All come from the environment. Outside development a missing, generated or placeholder secret stops the start.
"""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self
from uuid import UUID

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PLACEHOLDERS = frozenset({"", "changeme", "change-me", "secret", "password", "placeholder", "example", "guest"})
GENERATED_MARK = "local-"
"""`make up` starts every secret it generates with this, so that it can never pass for a production one."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


def refuse_moved_time(environment: Environment, clock_file: Path | None) -> None:
    """Raise ValueError where a file would move a production system's time."""
    if environment is Environment.PRODUCTION and clock_file is not None:
        message = "TMS_CLOCK_FILE moves time; production refuses to start with it"
        raise ValueError(message)


class ServiceSettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="TMS_",
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,  # what is wrong may be a secret
    )

    environment: Environment = Environment.PRODUCTION
    clock_file: Path | None = None
    """A file that moves this system's time ahead, for demonstrations and tests; production has no such thing."""
    host: str = "127.0.0.1"
    port: int
    database_url: SecretStr = Field(validation_alias="DATABASE_URL")
    admin_database_url: SecretStr = Field(default=SecretStr(""), validation_alias="ADMIN_DATABASE_URL")
    """An administrator's address, for the role `migrate` alone: it then makes the service's login and schema too."""
    amqp_url: SecretStr = Field(validation_alias="AMQP_URL")
    """Broker address; several, separated by commas, are tried in turn."""

    peers: dict[str, str] = {}
    """Base URL of each other service by wire name (JSON), for event feeds and claim checks."""
    auth_url: str = "http://127.0.0.1:8101"
    issuer: str = "tms"
    audience: str = "tms"
    client_id: UUID | None = None
    client_secret: SecretStr | None = None
    """This service's own client credentials, for calls to its peers."""

    encryption_keys: SecretStr = SecretStr("")
    """Key-encryption keys, newest first: `id:base64,id:base64`. Needed by services that keep personal data."""
    blind_index_key: SecretStr = SecretStr("")
    version: str = "development"
    """Which build this is; images know theirs."""
    log_level: str = "INFO"
    telemetry_dir: str = ""
    """Where spans go as JSON lines when no OTLP endpoint is set; empty means nowhere."""
    otlp_endpoint: str = Field(default="", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    shutdown_grace: timedelta = timedelta(seconds=25)
    """How long requests and messages in hand may take to finish, together, once the process is told to end."""
    outbox_poll: timedelta = timedelta(milliseconds=500)
    sweep_every: timedelta = timedelta(minutes=10)
    sweep_behind: timedelta = timedelta(minutes=5)
    consumer_lanes: int = 8
    retry_ceilings: tuple[timedelta, ...] = tuple(timedelta(seconds=pause) for pause in (1, 5, 30, 120, 600, 3600))
    """The longest pause before each next try of a message; after the last it is dead."""
    retry_lease: timedelta = timedelta(seconds=60)
    gap_wait: timedelta = timedelta(seconds=30)
    """How long an event may wait for an earlier one before its producer's feed is asked."""
    database_pool: int = 5

    @model_validator(mode="after")
    def _real_time_in_production(self) -> Self:
        refuse_moved_time(self.environment, self.clock_file)
        return self

    @model_validator(mode="after")
    def _no_weak_secrets_in_production(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        for name, value in self:
            if not isinstance(value, SecretStr):
                continue
            plain = value.get_secret_value()
            if (plain and plain.lower() in PLACEHOLDERS) or GENERATED_MARK in plain:
                message = f"{name} holds a placeholder or a locally generated secret; production refuses to start on it"
                raise ValueError(message)
        return self
