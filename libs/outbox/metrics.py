"""What reliable messaging counts; alarms hang on these names."""

from prometheus_client import Counter, Gauge, Histogram

from libs.outbox.hearing import Result

outbox_pending = Gauge("tms_outbox_pending", "Events waiting for the relay.", ("service", "shard"))
outbox_oldest_seconds = Gauge("tms_outbox_oldest_seconds", "Age of the oldest waiting event.", ("service",))
outbox_refused = Gauge("tms_outbox_refused", "Events the broker refused three times or more.", ("service",))
relay_published = Counter("tms_relay_publish_total", "Events handed to the broker, by result.", ("service", "result"))
relay_batch_seconds = Histogram("tms_relay_batch_seconds", "One relay batch, read to settled.", ("service",))
relay_lease_held = Gauge("tms_relay_lease_held", "Whether this process carries the shard.", ("service", "shard"))

inbox_rows = Gauge("tms_inbox_rows", "Inbox rows that are not done.", ("consumer", "state"))
inbox_oldest_seconds = Gauge("tms_inbox_oldest_seconds", "Age of the oldest row in a state.", ("consumer", "state"))
inbox_results = Counter("tms_inbox_result_total", "Deliveries by what became of them.", ("consumer", "result"))
delivery_seconds = Histogram(
    "tms_delivery_seconds",
    "From an event's time to its committed effect.",
    ("consumer",),
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)
lane_depth = Gauge("tms_lane_depth", "Deliveries that wait in a lane of this process.", ("consumer", "lane"))
handler_seconds = Histogram("tms_handler_seconds", "Time in a handler.", ("consumer", "type", "result"))
probe_mode = Gauge("tms_probe_mode", "1 while everything fails and one message at a time is tried.", ("consumer",))
gap_repairs = Counter("tms_gap_repairs_total", "Missing events fetched from their producer's feed.", ("consumer",))
gaps_open = Gauge("tms_gaps_open", "Events missing here that their producer's feed lacks too.", ("consumer",))
sweep_repaired = Counter("tms_sweep_repaired_total", "Events the broker never brought; 0 is normal.", ("consumer",))
feed_head_lag_seconds = Gauge("tms_feed_head_lag_seconds", "How far the feed trails the log.", ("service",))
dead_letters_open = Gauge("tms_dead_letters_open", "Messages waiting for a person.", ("service", "source"))
dlq_bridge_lag = Gauge("tms_dlq_bridge_lag", "Dead letters taken from the broker and not yet kept.", ("service",))
database_up = Gauge("tms_database_up", "Whether the last look at the database succeeded.", ("service",))

SEQ_CONFLICT = "seq_conflict"
UNREADABLE = "unreadable"


def begin_sending(service: str) -> None:
    """Count from 0, so that the first of anything is a change that an alarm sees."""
    for result in ("sent", "refused"):
        relay_published.labels(service, result)


def begin_hearing(consumer: str) -> None:
    """The same for what is heard."""
    for result in (*Result, SEQ_CONFLICT, UNREADABLE):
        inbox_results.labels(consumer, result)
    for metric in (delivery_seconds, probe_mode, gap_repairs, gaps_open, sweep_repaired):
        metric.labels(consumer)
