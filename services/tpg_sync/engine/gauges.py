"""What Prometheus is told about submission. Alarms hang on these names."""

from collections import Counter as Sum
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.x509 import load_pem_x509_certificate
from prometheus_client import Counter, Gauge, Histogram

from libs.contracts.tpg_sync import ObligationLevel
from services.tpg_sync.client.tpgateway import Reply
from services.tpg_sync.engine.outcomes import Next
from services.tpg_sync.models import BreakerState, Code
from services.tpg_sync.queries.obligations import Cell
from services.tpg_sync.queries.status import Status
from services.tpg_sync.settings import SyncSettings, TpgAuth

jobs = Gauge("tms_sync_jobs", "Sync jobs by state.", ("state",))
oldest_due = Gauge("tms_sync_oldest_due_seconds", "How long the most overdue job has been due.")
breaker_state = Gauge("tms_sync_breaker_state", "Circuit: 0 closed, 1 half-open, 2 open.", ("group",))
lane_held = Gauge("tms_sync_lane_held", "1 while nothing is sent because credentials, certificate or key are refused.")
certificate_expires = Gauge(
    "tms_sync_certificate_expires_timestamp_seconds", "When the client certificate in use ends."
)
certificate_expires.set(float("nan"))  # without a certificate there is nothing that ends, and no alarm fires
deadline_risk = Gauge("tms_sync_deadline_risk", "Open jobs whose deadline is near or past.")
calls = Counter("tms_sync_calls_total", "Calls to TPGateway by operation and what they led to.", ("operation", "next"))
call_seconds = Histogram(
    "tms_sync_call_seconds",
    "Time of one call to TPGateway.",
    ("operation",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0),
)

arrivals = Counter("tms_sync_arrivals_total", "Jobs TPGateway acknowledged, by their deadline.", ("timing",))
discrepancies = Gauge("tms_sync_discrepancies", "Unresolved disagreements with TPGateway by code.", ("code",))
obligations = Gauge(
    "tms_compliance_obligations", "Duties that stand, by level; missed ones apart.", ("level", "missed")
)

_BREAKER_VALUE: Final = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
for _timing in ("in_time", "late", "undated"):
    arrivals.labels(_timing)  # counted from 0, so that the first late one is seen as a change


def show(status: Status, now: datetime) -> None:
    """Set every gauge from one reading of the database."""
    for state, count in status.counts.items():
        jobs.labels(state.value).set(count)
    due = status.oldest_due_at
    oldest_due.set(max(now - due, timedelta(0)).total_seconds() if due is not None else 0)
    lane_held.set(status.lane.held_cause is not None)
    deadline_risk.set(status.deadlines_at_risk)
    for breaker in status.breakers:
        breaker_state.labels(breaker.name).set(_BREAKER_VALUE[BreakerState(breaker.state)])


def show_certificate(settings: SyncSettings) -> None:
    """When the certificate that this process has loaded ends; a new file counts when the process starts with it."""
    if settings.tpg_auth is TpgAuth.CERTIFICATE:
        ours = load_pem_x509_certificate(Path(settings.tpg_certificate).read_bytes())
        certificate_expires.set(ours.not_valid_after_utc.timestamp())


def show_duties(cells: Sequence[Cell]) -> None:
    """Set every level's gauge; one at which nothing stands any more is 0."""
    sums: Sum[tuple[str, bool]] = Sum()
    for cell in cells:
        sums[cell.level.value, cell.breached] += cell.count
    for level in ObligationLevel:
        for missed in (True, False):
            obligations.labels(level.value, str(missed).lower()).set(sums[level.value, missed])


def show_discrepancies(by_code: Mapping[str, int]) -> None:
    """Set every code's gauge; one that nothing stands for any more is 0."""
    for code in Code:
        discrepancies.labels(code.value).set(by_code.get(code.value, 0))


def count(reply: Reply | None, after: Next) -> None:
    """Count one call, if one was made."""
    if reply is not None:
        calls.labels(reply.operation, after.value).inc()
        call_seconds.labels(reply.operation).observe(reply.duration.total_seconds())


def count_arrival(deadline_at: datetime | None, now: datetime) -> None:
    """Count one job that TPGateway acknowledged."""
    late = deadline_at is not None and now >= deadline_at
    arrivals.labels("undated" if deadline_at is None else "late" if late else "in_time").inc()
