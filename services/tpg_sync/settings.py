"""The knobs of the submission engine. One set of `TMS_TPG_*` settings points it at the simulator, UAT or production."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from libs.chassis.settings import ServiceSettings


class TpgEnvironment(StrEnum):
    SIMULATOR = "simulator"
    UAT = "uat"
    PRODUCTION = "production"


class TpgAuth(StrEnum):
    """How we prove who we are: by client certificate, by OAuth client credentials, or (simulator only) not at all."""

    CERTIFICATE = "certificate"
    OAUTH = "oauth"
    OPEN = "open"


class ProviderType(StrEnum):
    """What kind of training provider this is; it selects the deadlines."""

    PUBLIC = "public"
    IN_HOUSE = "in_house"


BASE_URLS = {
    (TpgEnvironment.SIMULATOR, TpgAuth.CERTIFICATE): "https://127.0.0.1:8190",
    (TpgEnvironment.SIMULATOR, TpgAuth.OAUTH): "http://127.0.0.1:8190",
    (TpgEnvironment.SIMULATOR, TpgAuth.OPEN): "http://127.0.0.1:8190",
    (TpgEnvironment.UAT, TpgAuth.CERTIFICATE): "https://uat-api.ssg-wsg.sg",
    (TpgEnvironment.PRODUCTION, TpgAuth.CERTIFICATE): "https://api.ssg-wsg.sg",
    (TpgEnvironment.PRODUCTION, TpgAuth.OAUTH): "https://public-api.ssg-wsg.sg",
}
CALLS_A_JOB = 3
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
UAT_VISIBILITY = timedelta(minutes=15)
"""How long a new run may stay invisible to reads in UAT and production, by the gateway's own notice."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The agreed rate, the burst, and how long a recovery or a slow-down lasts."""

    rate_per_s: float
    burst: float
    ramp: timedelta


class SyncSettings(ServiceSettings):
    tpg_environment: TpgEnvironment = TpgEnvironment.SIMULATOR
    tpg_auth: TpgAuth = TpgAuth.OPEN
    tpg_base_url: str = ""
    """Empty takes the environment's own; may hold a path prefix."""
    tpg_certificate: str = ""
    """PEM files: our client certificate, its private key, and a CA bundle when the system's does not do."""
    tpg_certificate_key: str = ""
    tpg_ca_bundle: str = ""
    tpg_oauth_url: str = ""
    """Where tokens come from; empty takes the base URL."""
    tpg_client_id: str = ""
    tpg_client_secret: SecretStr = SecretStr("")
    tpg_encryption_key: SecretStr = SecretStr("")
    """The AES-256 key entered in the developer portal, as base64 text."""
    tpg_uen: str
    tpg_tp_code: str = ""
    """Which of the provider's codes TPGateway knows us by; empty takes `<UEN>-01`."""
    tpg_corppass_id: str = ""
    """The Corppass id attendance is uploaded under; without it no attendance can be sent."""
    tpg_provider_type: ProviderType = ProviderType.PUBLIC
    tpg_quoted_body: bool = True
    """Send the ciphertext as a JSON string (official form) rather than bare."""
    tpg_api_versions: dict[str, str] = Field(default_factory=dict)
    """`x-api-version` by endpoint group; empty sends none, as the official application does."""
    tpg_connect_timeout: timedelta = timedelta(seconds=3)
    tpg_total_timeout: timedelta = timedelta(seconds=20)
    tpg_rate_per_s: float = Field(default=10.0, gt=0)
    tpg_burst: float = Field(default=1.0, ge=1)
    """Calls that may leave at once after a pause; 1 keeps every second within the rate."""
    tpg_reads_per_page: int = 100

    sync_senders: int = Field(default=8, ge=1)
    sync_poll: timedelta = timedelta(milliseconds=200)
    sync_lease: timedelta = timedelta(seconds=120)
    sync_max_attempts: int = Field(default=8, ge=1)
    sync_backoff_start: timedelta = timedelta(seconds=15)
    sync_backoff_cap: timedelta = timedelta(hours=2)
    sync_owner_retry: timedelta = timedelta(seconds=10)
    """How long to wait when the owner of a record cannot be asked for it; costs no attempt."""
    sync_verify_delay: timedelta = timedelta(seconds=30)
    sync_verify_cap: timedelta = timedelta(minutes=10)
    """The longest between two looks for a call whose end is not known."""
    sync_visibility_window: timedelta | None = None
    """How long "not found" proves nothing; None takes the environment's own."""
    sync_restore_caution: timedelta = timedelta(days=30)
    """For how long after a restore from a backup everything is looked for at TPGateway before it is created there."""
    sync_sessions_delay: timedelta = timedelta(seconds=1)
    """How long after a publish to first ask what its sessions are called."""
    sync_rescue_every: timedelta = timedelta(seconds=5)
    sync_gauges_every: timedelta = timedelta(seconds=15)
    sync_lane_probe_every: timedelta = timedelta(0)
    """How often one job may try whether a held lane works again; 0 leaves that to a person."""
    sync_breaker_failures: int = 5
    sync_breaker_window: timedelta = timedelta(seconds=60)
    sync_breaker_calls: int = 20
    sync_breaker_share: float = 0.5
    sync_breaker_open: timedelta = timedelta(seconds=30)
    sync_breaker_open_cap: timedelta = timedelta(minutes=10)
    sync_ramp: timedelta = timedelta(minutes=5)
    """After a recovery the rate climbs from a tenth to the whole in this time; after a 429 it is halved as long."""
    sync_deadline_margin: timedelta = timedelta(minutes=5)
    sync_deadline_risk: timedelta = timedelta(hours=4)
    """An open job whose deadline is nearer than this counts as at risk."""

    sync_reconcile: bool = True
    """Compare every open run with TPGateway once a day, without being asked."""
    sync_reconcile_every: timedelta = timedelta(seconds=30)
    """How often to look for a comparison that is due."""
    sync_reconcile_from_hour: int = Field(default=1, ge=0, le=23)
    """When the day's comparisons begin, by the Singapore clock, and over how long they are spread."""
    sync_reconcile_spread: timedelta = timedelta(hours=5)
    sync_reconcile_after_end: timedelta = timedelta(days=14)
    """How long after a run's last day it is still compared, unless it is closed before that."""
    sync_reconcile_pause: timedelta = timedelta(milliseconds=500)
    """The least time between two of its calls: sending comes first."""
    sync_reconcile_retry: timedelta = timedelta(minutes=10)
    sync_reconcile_tries: int = Field(default=12, ge=1)
    sync_reconcile_lease: timedelta = timedelta(seconds=30)
    """How long after its worker vanished another may do a step of a comparison; one that lives renews it."""
    sync_auto_push: bool = True
    """Push again, unasked, what TPGateway holds in an older state of ours."""
    sync_auto_pull: bool = True
    """Hand official scans to attendance, unasked; what somebody marked there stays for a person to decide."""
    compliance_nap: timedelta = timedelta(seconds=15)
    """The longest the calendar sleeps; it wakes earlier when a level is to change."""
    evidence_patience: timedelta = timedelta(seconds=8)
    """How long each owner, and audit, may take for its part of an evidence pack."""
    evidence_wait: timedelta = timedelta(seconds=5)
    """How long to wait for audit to hear the newest facts a pack states."""

    sync_scans_after: timedelta = timedelta(minutes=120)
    """How long after a session its official scans begin to stand at TPGateway."""
    sync_scans_every: timedelta = timedelta(hours=1)
    sync_scans_until: timedelta = timedelta(hours=24)
    sync_scans_retry: timedelta = timedelta(minutes=5)
    """When to look again at a session that could not be read."""
    sync_scans_poll: timedelta = timedelta(seconds=60)

    @property
    def tpg_url(self) -> str:
        return (self.tpg_base_url or BASE_URLS[self.tpg_environment, self.tpg_auth]).rstrip("/")

    @property
    def tp_code(self) -> str:
        return self.tpg_tp_code or f"{self.tpg_uen}-01"

    @property
    def pace(self) -> Pace:
        return Pace(self.tpg_rate_per_s, self.tpg_burst, self.sync_ramp)

    @property
    def visibility_window(self) -> timedelta:
        if self.sync_visibility_window is not None:
            return self.sync_visibility_window
        return timedelta(0) if self.tpg_environment is TpgEnvironment.SIMULATOR else UAT_VISIBILITY

    def recovery(self, *, jobs: int, attempts: int) -> timedelta:
        """How long so many waiting jobs take to leave once TPGateway is up again, at the most.

        The last probe has just failed, and so has the last try of the one that had most tries before; each job may have
        to be looked for, sent, and asked for its parts; the rate climbs from a tenth.
        """
        tries = min(attempts + self.sync_breaker_failures, self.sync_max_attempts)
        again = min(self.sync_backoff_start * float(3 ** max(tries - 1, 0)), self.sync_backoff_cap)
        waits = max(self.sync_breaker_open_cap, self.sync_verify_cap) + again + self.visibility_window + self.sync_ramp
        return waits + timedelta(seconds=jobs * CALLS_A_JOB / self.tpg_rate_per_s)

    def watched_since(self, today: date) -> date:
        """A run whose last day lies before this one is compared no more."""
        return today - self.sync_reconcile_after_end

    @model_validator(mode="after")
    def _plain_http_and_no_proof_only_at_home(self) -> Self:
        if not self.tpg_base_url and (self.tpg_environment, self.tpg_auth) not in BASE_URLS:
            message = f"{self.tpg_environment} has no address for {self.tpg_auth}; set TMS_TPG_BASE_URL"
            raise ValueError(message)
        parts = urlsplit(self.tpg_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            message = "TPGateway is reached without TLS only on loopback"
            raise ValueError(message)
        if self.tpg_auth is TpgAuth.OPEN and self.tpg_environment is not TpgEnvironment.SIMULATOR:
            message = "only the simulator may be called without credentials"
            raise ValueError(message)
        return self
