"""One service, whichever is chosen."""

from typing import Final

from infra.telemetry.dashboards.panels import Dashboard, Panel, Query, Row
from infra.telemetry.dashboards.queries import quantile, rate_by

OURS: Final = 'service="$service"'
HEARING: Final = 'consumer="$service"'
SERVICE = Dashboard(
    uid="tms-service",
    title="One service",
    says="One service from its door to its database.",
    variables=[("service", "label_values(tms_http_request_seconds_count, service)")],
    rows=[
        Row(
            title="HTTP",
            panels=[
                Panel(
                    title="Requests by route",
                    unit="reqps",
                    queries=[
                        Query(rate_by("method, route", "tms_http_request_seconds_count", OURS), "{{method}} {{route}}")
                    ],
                ),
                Panel(
                    title="Requests by status",
                    unit="reqps",
                    queries=[Query(rate_by("status", "tms_http_request_seconds_count", OURS), "{{status}}")],
                ),
                Panel(
                    title="Slowest routes, p99",
                    unit="s",
                    queries=[
                        Query(
                            f"topk(10, {quantile(0.99, 'tms_http_request_seconds', 'method, route', OURS)})",
                            "{{method}} {{route}}",
                        )
                    ],
                ),
                Panel(
                    title="Being answered now",
                    unit="short",
                    queries=[Query(f"sum(tms_http_requests_in_progress{{{OURS}}})", "requests")],
                ),
            ],
        ),
        Row(
            title="Events out",
            panels=[
                Panel(
                    title="Oldest event in the outbox",
                    unit="s",
                    warn=60,
                    alarm=600,
                    queries=[Query(f"max(tms_outbox_oldest_seconds{{{OURS}}})", "oldest")],
                ),
                Panel(
                    title="Events in the outbox",
                    unit="short",
                    queries=[
                        Query(f"max by (shard) (tms_outbox_pending{{{OURS}}})", "shard {{shard}}"),
                        Query(f"max(tms_outbox_refused{{{OURS}}})", "refused"),
                    ],
                ),
                Panel(
                    title="Events sent",
                    unit="cps",
                    queries=[Query(rate_by("result", "tms_relay_publish_total", OURS), "{{result}}")],
                ),
                Panel(
                    title="Who carries the shards",
                    unit="short",
                    queries=[Query(f"sum by (instance) (tms_relay_lease_held{{{OURS}}})", "{{instance}}")],
                ),
            ],
        ),
        Row(
            title="Events in",
            panels=[
                Panel(
                    title="From an event to its effect",
                    unit="s",
                    alarm=1,
                    queries=[
                        Query(quantile(q, "tms_delivery_seconds", "consumer", HEARING), f"p{q * 100:g}")
                        for q in (0.5, 0.95, 0.99)
                    ],
                ),
                Panel(
                    title="What became of deliveries",
                    unit="cps",
                    queries=[Query(rate_by("result", "tms_inbox_result_total", HEARING), "{{result}}")],
                ),
                Panel(
                    title="Slowest handlers, p99",
                    unit="s",
                    queries=[Query(f"topk(10, {quantile(0.99, 'tms_handler_seconds', 'type', HEARING)})", "{{type}}")],
                ),
                Panel(
                    title="Not done",
                    unit="short",
                    warn=1,
                    queries=[
                        Query('max by (state) (tms_inbox_rows{consumer="$service"})', "{{state}}"),
                        Query(f"max by (source) (tms_dead_letters_open{{{OURS}}})", "dead, {{source}}"),
                    ],
                ),
            ],
        ),
        Row(
            title="Underneath",
            panels=[
                Panel(
                    title="Database",
                    unit="short",
                    words=[(1, "answers"), (0, "away")],
                    queries=[Query(f"tms_database_up{{{OURS}}}", "{{instance}}")],
                ),
                Panel(
                    title="Broker",
                    unit="short",
                    queries=[
                        Query(f"sum by (role) (tms_amqp_connected{{{OURS}}})", "{{role}}"),
                        Query(f"sum by (role) (tms_amqp_blocked{{{OURS}}})", "{{role}} blocked"),
                    ],
                ),
                Panel(
                    title="Duties that failed",
                    unit="short",
                    queries=[Query(f"sum by (duty) (increase(tms_duty_failures_total{{{OURS}}}[15m]))", "{{duty}}")],
                ),
                Panel(
                    title="Requests without permission",
                    unit="short",
                    queries=[Query(f"sum(increase(tms_access_refused_total{{{OURS}}}[15m]))", "refused")],
                ),
            ],
        ),
    ],
)
