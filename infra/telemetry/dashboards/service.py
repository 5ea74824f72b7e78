"""One service, whichever is chosen."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Row, graph
from infra.telemetry.dashboards.queries import quantile, rate_by, slowest

OURS: Final = 'service="$service"'
HEARING: Final = 'consumer="$service"'
SERVICE = Dashboard(
    uid="tms-service",
    title="One service",
    says="One service from its door to its database.",
    variables=[("service", "label_values(tms_http_request_seconds_count, service)")],
    rows=[
        Row(
            "HTTP",
            [
                graph(
                    "Requests by route",
                    {"{{method}} {{route}}": rate_by("method, route", "tms_http_request_seconds_count", OURS)},
                    unit="reqps",
                ),
                graph(
                    "Requests by status",
                    {"{{status}}": rate_by("status", "tms_http_request_seconds_count", OURS)},
                    unit="reqps",
                ),
                graph(
                    "Slowest routes, p99",
                    {"{{method}} {{route}}": slowest("tms_http_request_seconds", "method, route", OURS)},
                    unit="s",
                ),
                graph("Being answered now", {"requests": f"sum(tms_http_requests_in_progress{{{OURS}}})"}),
            ],
        ),
        Row(
            "Events out",
            [
                graph(
                    "Oldest event in the outbox",
                    {"oldest": f"max(tms_outbox_oldest_seconds{{{OURS}}})"},
                    unit="s",
                    warn=60,
                    alarm=600,
                ),
                graph(
                    "Events in the outbox",
                    {
                        "shard {{shard}}": f"max by (shard) (tms_outbox_pending{{{OURS}}})",
                        "refused": f"max(tms_outbox_refused{{{OURS}}})",
                    },
                ),
                graph("Events sent", {"{{result}}": rate_by("result", "tms_relay_publish_total", OURS)}, unit="cps"),
                graph(
                    "Who carries the shards", {"{{instance}}": f"sum by (instance) (tms_relay_lease_held{{{OURS}}})"}
                ),
            ],
        ),
        Row(
            "Events in",
            [
                graph(
                    "From an event to its effect",
                    {
                        f"p{q * 100:g}": quantile(q, "tms_delivery_seconds", "consumer", HEARING)
                        for q in (0.5, 0.95, 0.99)
                    },
                    unit="s",
                    alarm=1,
                ),
                graph(
                    "What became of deliveries",
                    {"{{result}}": rate_by("result", "tms_inbox_result_total", HEARING)},
                    unit="cps",
                ),
                graph(
                    "Slowest handlers, p99",
                    {"{{type}}": slowest("tms_handler_seconds", "type", HEARING)},
                    unit="s",
                ),
                graph(
                    "Not done",
                    {
                        "{{state}}": 'max by (state) (tms_inbox_rows{consumer="$service"})',
                        "dead, {{source}}": f"max by (source) (tms_dead_letters_open{{{OURS}}})",
                    },
                    warn=1,
                ),
            ],
        ),
        Row(
            "Underneath",
            [
                graph("Database", {"{{instance}}": f"tms_database_up{{{OURS}}}"}, words=[(1, "answers"), (0, "away")]),
                graph(
                    "Broker",
                    {
                        "{{role}}": f"sum by (role) (tms_amqp_connected{{{OURS}}})",
                        "{{role}} blocked": f"sum by (role) (tms_amqp_blocked{{{OURS}}})",
                    },
                ),
                graph(
                    "Duties that failed",
                    {"{{duty}}": f"sum by (duty) (increase(tms_duty_failures_total{{{OURS}}}[15m]))"},
                ),
                graph(
                    "Requests without permission",
                    {"refused": f"sum(increase(tms_access_refused_total{{{OURS}}}[15m]))"},
                ),
            ],
        ),
    ],
)
