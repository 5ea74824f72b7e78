"""Submission to TPGateway."""

from infra.telemetry.dashboards.panels import Dashboard, Panel, Query, Row
from infra.telemetry.dashboards.queries import quantile, rate_by

SYNC = Dashboard(
    uid="tms-sync",
    title="Sync with TPGateway",
    says="What is to be sent, what stops it, and how TPGateway answers.",
    rows=[
        Row(
            title="Now",
            height=5,
            panels=[
                Panel(
                    title="Near or past their deadline",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query("max(tms_sync_deadline_risk)")],
                ),
                Panel(
                    title="Sending",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    words=[(0, "goes on"), (1, "held")],
                    queries=[Query("max(tms_sync_lane_held)")],
                ),
                Panel(
                    title="Circuits",
                    unit="short",
                    kind="stat",
                    warn=1,
                    alarm=2,
                    words=[(0, "closed"), (1, "half-open"), (2, "open")],
                    queries=[Query("max by (group) (tms_sync_breaker_state)", "{{group}}")],
                ),
                Panel(
                    title="Longest due",
                    unit="s",
                    kind="stat",
                    warn=300,
                    alarm=900,
                    queries=[Query("max(tms_sync_oldest_due_seconds)")],
                ),
                Panel(
                    title="Certificate ends in",
                    unit="s",
                    kind="stat",
                    queries=[Query("min(tms_sync_certificate_expires_timestamp_seconds) - time()")],
                ),
            ],
        ),
        Row(
            title="Jobs",
            panels=[
                Panel(
                    title="Open jobs",
                    unit="short",
                    queries=[
                        Query(
                            'max by (state) (tms_sync_jobs{state=~"queued|blocked|in_flight|retry_wait|verifying"})',
                            "{{state}}",
                        )
                    ],
                ),
                Panel(
                    title="Stuck jobs",
                    unit="short",
                    warn=1,
                    queries=[Query('max by (state) (tms_sync_jobs{state=~"rejected|dead_lettered"})', "{{state}}")],
                ),
                Panel(
                    title="Arrived, by deadline",
                    unit="short",
                    queries=[Query("sum by (timing) (increase(tms_sync_arrivals_total[1h]))", "{{timing}}")],
                ),
            ],
        ),
        Row(
            title="TPGateway",
            panels=[
                Panel(
                    title="Calls by what they led to",
                    unit="cps",
                    queries=[Query(rate_by("next", "tms_sync_calls_total"), "{{next}}")],
                ),
                Panel(
                    title="Calls by operation",
                    unit="cps",
                    queries=[Query(rate_by("operation", "tms_sync_calls_total"), "{{operation}}")],
                ),
                Panel(
                    title="Time of a call, p95",
                    unit="s",
                    warn=5,
                    alarm=20,
                    queries=[Query(quantile(0.95, "tms_sync_call_seconds", "operation"), "{{operation}}")],
                ),
                Panel(
                    title="Disagreements",
                    unit="short",
                    warn=1,
                    queries=[Query("max by (code) (tms_sync_discrepancies) > 0", "{{code}}")],
                ),
            ],
        ),
    ],
)
