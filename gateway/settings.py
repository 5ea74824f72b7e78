"""The gateway's knobs, all from the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import UUID

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.chassis.settings import GENERATED_MARK, PLACEHOLDERS, Environment, refuse_moved_time

MIB = 1024 * 1024


class GatewaySettings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="TMS_", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.PRODUCTION
    clock_file: Path | None = None
    """As the services have it: tokens are judged by the system's own time."""
    host: str = "127.0.0.1"
    port: int = 8080
    peers: dict[str, str]
    """Base URL of each service by wire name (JSON). A service that is not named here is answered as away."""
    auth_url: str = "http://127.0.0.1:8101"
    issuer: str = "tms"
    audience: str = "tms"
    client_id: UUID | None = None
    client_secret: SecretStr | None = None
    """The gateway's own client credentials, with the scope `events:feed`; without them there is no stream of events."""
    trusted_proxies: str = ""
    """Addresses, separated by commas, whose X-Forwarded-For is believed; empty believes nobody."""

    successor: str = ""
    """The command that takes over on SIGHUP, in this process and at its socket; empty is the one that started it."""

    version: str = "development"
    """Which build this is; images know theirs."""
    log_level: str = "INFO"
    telemetry_dir: str = ""
    otlp_endpoint: str = Field(default="", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    ui_folder: Path = Path(__file__).parent / "ui" / "dist"
    trace_url: str = Field(default="", pattern=r"^(https?://\S*\{trace_id\}\S*)?$")
    """Where people look at traces, as `https://traces.example/trace/{trace_id}`; empty shows no links."""

    body_limit: int = MIB
    import_body_limit: int = 10 * MIB
    connect_timeout: timedelta = timedelta(seconds=2)
    answer_timeout: timedelta = timedelta(seconds=30)
    """The longest silence: before the first byte of an answer, and between any two."""
    restart_patience: timedelta = timedelta(seconds=5)
    """How long requests wait for a service that refuses connections, reckoned from the first refusal."""
    connections_per_service: int = 256

    events_poll: timedelta = timedelta(seconds=1)
    """How often each service's log is read while anybody listens."""
    events_heartbeat: timedelta = timedelta(seconds=15)

    rate_per_second: float = 50.0
    rate_burst: int = 200
    sign_in_rate_per_second: float = 0.5
    sign_in_burst: int = 30
    """Sign-ins per client address; the service locks accounts besides."""
    verify_rate_per_second: float = 0.5
    verify_burst: int = 30
    """Questions about certificates per client address: a person's pace, no guesser's."""

    @model_validator(mode="after")
    def _real_time_in_production(self) -> Self:
        refuse_moved_time(self.environment, self.clock_file)
        return self

    @model_validator(mode="after")
    def _no_generated_secret_in_production(self) -> Self:
        secret = self.client_secret.get_secret_value() if self.client_secret else None
        if secret is None or self.environment is not Environment.PRODUCTION:
            return self
        if GENERATED_MARK in secret or secret.lower() in PLACEHOLDERS:
            message = "client_secret is a placeholder or was generated locally; production refuses to start on it"
            raise ValueError(message)
        return self
