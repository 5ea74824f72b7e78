"""Events from the commit to their effect elsewhere."""

from infra.telemetry.dashboards.panels import Dashboard, Row, graph
from infra.telemetry.dashboards.queries import quantile, rate_by, slowest

MESSAGING = Dashboard(
    uid="tms-messaging",
    title="Messaging",
    says="From the commit to the effect elsewhere, in the order events take.",
    rows=[
        Row(
            "Out",
            [
                graph(
                    "Oldest event in an outbox",
                    {"{{service}}": "max by (service) (tms_outbox_oldest_seconds)"},
                    unit="s",
                    warn=60,
                    alarm=600,
                ),
                graph(
                    "Events in outboxes",
                    {"{{service}}": "sum by (service) (max by (service, shard) (tms_outbox_pending))"},
                ),
                graph(
                    "Events sent",
                    {"{{service}} {{result}}": rate_by("service, result", "tms_relay_publish_total")},
                    unit="cps",
                ),
                graph(
                    "One batch, p99", {"{{service}}": quantile(0.99, "tms_relay_batch_seconds", "service")}, unit="s"
                ),
            ],
        ),
        Row(
            "The broker",
            [
                graph(
                    "Connections that stand",
                    {
                        "{{service}}": "sum by (service) (tms_amqp_connected)",
                        "{{service}} blocked": "sum by (service) (tms_amqp_blocked)",
                    },
                ),
                graph(
                    "Connections rebuilt in an hour",
                    {"{{service}} {{role}}": "sum by (service, role) (increase(tms_amqp_rebuilds_total[1h]))"},
                    warn=10,
                ),
                graph(
                    "Ready in queues",
                    {"{{queue}}": "max by (queue) (rabbitmq_detailed_queue_messages_ready)"},
                    warn=10000,
                ),
                graph(
                    "Memory and what it may have",
                    {
                        "{{instance}}": "rabbitmq_process_resident_memory_bytes",
                        "{{instance}} limit": "rabbitmq_resident_memory_limit_bytes",
                    },
                    unit="bytes",
                ),
            ],
        ),
        Row(
            "In",
            [
                graph(
                    "From an event to its effect, p50 and p99",
                    {
                        "{{consumer}} p50": quantile(0.5, "tms_delivery_seconds", "consumer"),
                        "{{consumer}} p99": quantile(0.99, "tms_delivery_seconds", "consumer"),
                    },
                    unit="s",
                    alarm=1,
                ),
                graph(
                    "What became of deliveries",
                    {"{{consumer}} {{result}}": rate_by("consumer, result", "tms_inbox_result_total")},
                    unit="cps",
                ),
                graph(
                    "Slowest handlers, p99",
                    {"{{consumer}} {{type}}": slowest("tms_handler_seconds", "consumer, type")},
                    unit="s",
                ),
                graph("Deepest lane", {"{{consumer}}": "max by (consumer) (tms_lane_depth)"}),
            ],
        ),
        Row(
            "What does not go on by itself",
            [
                graph(
                    "Dead letters",
                    {
                        "{{service}} {{source}}": "max by (service, source) (tms_dead_letters_open) > 0",
                        "all, stuck submissions included": "tms:dead_letters_open:sum",
                    },
                    warn=1,
                    alarm=20,
                ),
                graph(
                    "Waiting and tried again",
                    {"{{consumer}} {{state}}": 'max by (consumer, state) (tms_inbox_rows{state=~"waiting|retry"})'},
                ),
                graph(
                    "Missing, repaired, trailing",
                    {
                        "{{consumer}} missing": "max by (consumer) (tms_gaps_open)",
                        "{{consumer}} fetched": "sum by (consumer) (increase(tms_gap_repairs_total[1h]))",
                        "{{consumer}} swept": "sum by (consumer) (increase(tms_sweep_repaired_total[1h]))",
                    },
                    alarm=1,
                ),
                graph(
                    "Feed behind its log",
                    {"{{service}}": "max by (service) (tms_feed_head_lag_seconds)"},
                    unit="s",
                    warn=60,
                ),
            ],
        ),
    ],
)
