"""Whether everything is there, answers, and keeps what is promised."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Row, graph, stat
from infra.telemetry.dashboards.queries import quantile, rate_by

REAL: Final = 'route!~"/api/v1/events|/healthz|/readyz|/metrics"'
SLO: Final = "slo:errors:ratio_rate3d / on (slo) slo:budget"

SYSTEM = Dashboard(
    uid="tms-system",
    title="System",
    says="Is everything there, does it answer, and does it keep what is promised?",
    rows=[
        Row(
            "Now",
            [
                stat("Alarms that page", 'count(ALERTS{alertstate="firing",severity="page"}) or vector(0)', alarm=1),
                stat(
                    "Alarms for the morning",
                    'count(ALERTS{alertstate="firing",severity="ticket"}) or vector(0)',
                    warn=1,
                ),
                stat("Processes that do not answer", 'count(up{job="tms"} == 0) or vector(0)', alarm=1),
                stat(
                    "Services without a database",
                    "count(max by (service) (tms_database_up) == 0) or vector(0)",
                    alarm=1,
                ),
                stat("Open streams of events", "sum(tms_gateway_event_listeners)"),
            ],
        ),
        Row(
            "What is promised",
            [
                graph(
                    "How fast error budgets burn",
                    {"{{slo}}": SLO},
                    warn=1,
                    alarm=6,
                    says="1 uses up a month's budget in a month. Three days' look back.",
                ),
                graph("Requests that fail", {"{{slo}}": "slo:errors:ratio_rate1h"}, unit="percentunit"),
            ],
        ),
        Row(
            "At the gateway",
            [
                graph(
                    "Requests by status",
                    {"{{status}}": rate_by("status", "tms_http_request_seconds_count", f'service="gateway",{REAL}')},
                    unit="reqps",
                ),
                graph(
                    "Time to answer",
                    {
                        f"p{q * 100:g}": quantile(q, "tms_http_request_seconds", "service", f'service="gateway",{REAL}')
                        for q in (0.5, 0.95, 0.99)
                    },
                    unit="s",
                    warn=0.5,
                ),
                graph(
                    "Services that failed a request",
                    {"{{service}} {{kind}}": rate_by("service, kind", "tms_gateway_upstream_failures_total")},
                    unit="reqps",
                ),
            ],
        ),
        Row(
            "Processes",
            [
                graph("CPU", {"{{instance}}": 'rate(process_cpu_seconds_total{job="tms"}[5m])'}, says="In cores."),
                graph("Memory", {"{{instance}}": 'process_resident_memory_bytes{job="tms"}'}, unit="bytes"),
                graph(
                    "Duties that failed",
                    {"{{service}} {{duty}}": "sum by (service, duty) (increase(tms_duty_failures_total[15m]))"},
                ),
            ],
        ),
    ],
)
