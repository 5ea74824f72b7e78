"""Submission to TPGateway."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Row, graph, stat
from infra.telemetry.dashboards.queries import quantile, rate_by

OPEN: Final = "queued|blocked|in_flight|retry_wait|verifying"
SYNC = Dashboard(
    uid="tms-sync",
    title="Sync with TPGateway",
    says="What is to be sent, what stops it, and how TPGateway answers.",
    rows=[
        Row(
            "Now",
            [
                stat("Near or past their deadline", "max(tms_sync_deadline_risk)", alarm=1),
                stat("Sending", "max(tms_sync_lane_held)", alarm=1, words=[(0, "goes on"), (1, "held")]),
                stat(
                    "Circuits",
                    {"{{group}}": "max by (group) (tms_sync_breaker_state)"},
                    warn=1,
                    alarm=2,
                    words=[(0, "closed"), (1, "half-open"), (2, "open")],
                ),
                stat("Longest due", "max(tms_sync_oldest_due_seconds)", unit="s", warn=300, alarm=900),
                stat("Certificate ends in", "min(tms_sync_certificate_expires_timestamp_seconds) - time()", unit="s"),
            ],
        ),
        Row(
            "Jobs",
            [
                graph(
                    "Open jobs",
                    {"{{state}}": f'max by (state) (tms_sync_jobs{{state=~"{OPEN}"}})'},
                ),
                graph(
                    "Stuck jobs",
                    {"{{state}}": 'max by (state) (tms_sync_jobs{state=~"rejected|dead_lettered"})'},
                    warn=1,
                ),
                graph(
                    "Arrived, by deadline", {"{{timing}}": "sum by (timing) (increase(tms_sync_arrivals_total[1h]))"}
                ),
            ],
        ),
        Row(
            "TPGateway",
            [
                graph("Calls by what they led to", {"{{next}}": rate_by("next", "tms_sync_calls_total")}, unit="cps"),
                graph(
                    "Calls by operation", {"{{operation}}": rate_by("operation", "tms_sync_calls_total")}, unit="cps"
                ),
                graph(
                    "Time of a call, p95",
                    {"{{operation}}": quantile(0.95, "tms_sync_call_seconds", "operation")},
                    unit="s",
                    warn=5,
                    alarm=20,
                ),
                graph("Disagreements", {"{{code}}": "max by (code) (tms_sync_discrepancies) > 0"}, warn=1),
            ],
        ),
    ],
)
