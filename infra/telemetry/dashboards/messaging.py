"""Events from the commit to their effect elsewhere."""

from infra.telemetry.dashboards.panels import Dashboard, Panel, Query, Row
from infra.telemetry.dashboards.queries import quantile, rate_by

MESSAGING = Dashboard(
    uid="tms-messaging",
    title="Messaging",
    says="From the commit to the effect elsewhere, in the order events take.",
    rows=[
        Row(
            title="Out",
            panels=[
                Panel(
                    title="Oldest event in an outbox",
                    unit="s",
                    warn=60,
                    alarm=600,
                    queries=[Query("max by (service) (tms_outbox_oldest_seconds)", "{{service}}")],
                ),
                Panel(
                    title="Events in outboxes",
                    unit="short",
                    queries=[Query("sum by (service) (max by (service, shard) (tms_outbox_pending))", "{{service}}")],
                ),
                Panel(
                    title="Events sent",
                    unit="cps",
                    queries=[Query(rate_by("service, result", "tms_relay_publish_total"), "{{service}} {{result}}")],
                ),
                Panel(
                    title="One batch, p99",
                    unit="s",
                    queries=[Query(quantile(0.99, "tms_relay_batch_seconds", "service"), "{{service}}")],
                ),
            ],
        ),
        Row(
            title="The broker",
            panels=[
                Panel(
                    title="Connections that stand",
                    unit="short",
                    queries=[
                        Query("sum by (service) (tms_amqp_connected)", "{{service}}"),
                        Query("sum by (service) (tms_amqp_blocked)", "{{service}} blocked"),
                    ],
                ),
                Panel(
                    title="Connections rebuilt in an hour",
                    unit="short",
                    warn=10,
                    queries=[
                        Query("sum by (service, role) (increase(tms_amqp_rebuilds_total[1h]))", "{{service}} {{role}}")
                    ],
                ),
                Panel(
                    title="Ready in queues",
                    unit="short",
                    warn=10_000,
                    queries=[Query("max by (queue) (rabbitmq_detailed_queue_messages_ready)", "{{queue}}")],
                ),
                Panel(
                    title="Memory and what it may have",
                    unit="bytes",
                    queries=[
                        Query("rabbitmq_process_resident_memory_bytes", "{{instance}}"),
                        Query("rabbitmq_resident_memory_limit_bytes", "{{instance}} limit"),
                    ],
                ),
            ],
        ),
        Row(
            title="In",
            panels=[
                Panel(
                    title="From an event to its effect, p50 and p99",
                    unit="s",
                    alarm=1,
                    queries=[
                        Query(quantile(0.5, "tms_delivery_seconds", "consumer"), "{{consumer}} p50"),
                        Query(quantile(0.99, "tms_delivery_seconds", "consumer"), "{{consumer}} p99"),
                    ],
                ),
                Panel(
                    title="What became of deliveries",
                    unit="cps",
                    queries=[Query(rate_by("consumer, result", "tms_inbox_result_total"), "{{consumer}} {{result}}")],
                ),
                Panel(
                    title="Slowest handlers, p99",
                    unit="s",
                    queries=[
                        Query(
                            f"topk(10, {quantile(0.99, 'tms_handler_seconds', 'consumer, type')})",
                            "{{consumer}} {{type}}",
                        )
                    ],
                ),
                Panel(
                    title="Deepest lane",
                    unit="short",
                    queries=[Query("max by (consumer) (tms_lane_depth)", "{{consumer}}")],
                ),
            ],
        ),
        Row(
            title="What does not go on by itself",
            panels=[
                Panel(
                    title="Dead letters",
                    unit="short",
                    warn=1,
                    alarm=20,
                    queries=[
                        Query("max by (service, source) (tms_dead_letters_open) > 0", "{{service}} {{source}}"),
                        Query("tms:dead_letters_open:sum", "all, stuck submissions included"),
                    ],
                ),
                Panel(
                    title="Waiting and tried again",
                    unit="short",
                    queries=[
                        Query(
                            'max by (consumer, state) (tms_inbox_rows{state=~"waiting|retry"})',
                            "{{consumer}} {{state}}",
                        )
                    ],
                ),
                Panel(
                    title="Missing, repaired, trailing",
                    unit="short",
                    alarm=1,
                    queries=[
                        Query("max by (consumer) (tms_gaps_open)", "{{consumer}} missing"),
                        Query("sum by (consumer) (increase(tms_gap_repairs_total[1h]))", "{{consumer}} fetched"),
                        Query("sum by (consumer) (increase(tms_sweep_repaired_total[1h]))", "{{consumer}} swept"),
                    ],
                ),
                Panel(
                    title="Feed behind its log",
                    unit="s",
                    warn=60,
                    queries=[Query("max by (service) (tms_feed_head_lag_seconds)", "{{service}}")],
                ),
            ],
        ),
    ],
)
