"""Whether everything is there, answers, and keeps what is promised."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Panel, Query, Row
from infra.telemetry.dashboards.queries import quantile, rate_by

REAL: Final = 'route!~"/api/v1/events|/healthz|/readyz|/metrics"'
SLO: Final = "slo:errors:ratio_rate3d / on (slo) slo:budget"

SYSTEM = Dashboard(
    uid="tms-system",
    title="System",
    says="Is everything there, does it answer, and does it keep what is promised?",
    rows=[
        Row(
            title="Now",
            height=5,
            panels=[
                Panel(
                    title="Alarms that page",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query('count(ALERTS{alertstate="firing",severity="page"}) or vector(0)')],
                ),
                Panel(
                    title="Alarms for the morning",
                    unit="short",
                    kind="stat",
                    warn=1,
                    queries=[Query('count(ALERTS{alertstate="firing",severity="ticket"}) or vector(0)')],
                ),
                Panel(
                    title="Processes that do not answer",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query('count(up{job="tms"} == 0) or vector(0)')],
                ),
                Panel(
                    title="Services without a database",
                    unit="short",
                    kind="stat",
                    alarm=1,
                    queries=[Query("count(max by (service) (tms_database_up) == 0) or vector(0)")],
                ),
                Panel(
                    title="Open streams of events",
                    unit="short",
                    kind="stat",
                    queries=[Query("sum(tms_gateway_event_listeners)")],
                ),
            ],
        ),
        Row(
            title="What is promised",
            panels=[
                Panel(
                    title="How fast error budgets burn",
                    unit="short",
                    warn=1,
                    alarm=6,
                    says="1 uses up a month's budget in a month. Three days' look back.",
                    queries=[Query(SLO, "{{slo}}")],
                ),
                Panel(
                    title="Requests that fail",
                    unit="percentunit",
                    queries=[Query("slo:errors:ratio_rate1h", "{{slo}}")],
                ),
            ],
        ),
        Row(
            title="At the gateway",
            panels=[
                Panel(
                    title="Requests by status",
                    unit="reqps",
                    queries=[
                        Query(
                            rate_by("status", "tms_http_request_seconds_count", f'service="gateway",{REAL}'),
                            "{{status}}",
                        )
                    ],
                ),
                Panel(
                    title="Time to answer",
                    unit="s",
                    warn=0.5,
                    queries=[
                        Query(
                            quantile(q, "tms_http_request_seconds", "service", f'service="gateway",{REAL}'),
                            f"p{q * 100:g}",
                        )
                        for q in (0.5, 0.95, 0.99)
                    ],
                ),
                Panel(
                    title="Services that failed a request",
                    unit="reqps",
                    queries=[
                        Query(rate_by("service, kind", "tms_gateway_upstream_failures_total"), "{{service}} {{kind}}")
                    ],
                ),
            ],
        ),
        Row(
            title="Processes",
            panels=[
                Panel(
                    title="CPU",
                    unit="short",
                    says="In cores.",
                    queries=[Query('rate(process_cpu_seconds_total{job="tms"}[5m])', "{{instance}}")],
                ),
                Panel(
                    title="Memory",
                    unit="bytes",
                    queries=[Query('process_resident_memory_bytes{job="tms"}', "{{instance}}")],
                ),
                Panel(
                    title="Duties that failed",
                    unit="short",
                    queries=[
                        Query("sum by (service, duty) (increase(tms_duty_failures_total[15m]))", "{{service}} {{duty}}")
                    ],
                ),
            ],
        ),
    ],
)
