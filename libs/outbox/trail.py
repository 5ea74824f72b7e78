"""What hearing an event leaves behind for people: a span, a log line, measures."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanKind

from libs.outbox import metrics
from libs.outbox.hearing import Failure, Heard, Result
from libs.telemetry import names
from libs.telemetry.lines import Lines
from libs.telemetry.tracing import TRACEPARENT, extract, tracer

log = structlog.get_logger()

SAME_TRACE_WITHIN = timedelta(minutes=5)


@dataclass(slots=True)
class Run:
    """One handler's run with one message; told as an effect only once that is committed."""

    heard: Heard
    attempt: int
    seconds: float = 0.0
    trace_id: int = 0
    outcome: str = "failed"


class Trail:
    """The trail of one consumer."""

    def __init__(self, consumer: str) -> None:
        self._lines = Lines(consumer)
        self._consumer = consumer

    @contextmanager
    def running(self, heard: Heard, attempt: int) -> Iterator[Run]:
        """Time the block and give it a span; whoever runs the handler says what came out of it."""
        run, began = Run(heard, attempt), time.perf_counter()
        try:
            with self._span(heard, attempt) as span:
                run.trace_id = span.get_span_context().trace_id
                yield run
        finally:
            run.seconds = time.perf_counter() - began
            seconds = metrics.handler_seconds.labels(self._consumer, heard.envelope.routing_key, run.outcome)
            seconds.observe(run.seconds)

    def effects(self, runs: Sequence[Run], now: datetime) -> None:
        """A line and a measure for each effect, which is committed now."""
        delivery = metrics.delivery_seconds.labels(self._consumer)
        for run in runs:
            delivery.observe(max((now - run.heard.envelope.time).total_seconds(), 0))
            self._lines.add(
                "event handled",
                **self._lineage(run.heard, run.attempt),
                actor_id=run.heard.envelope.actorid,
                result=Result.DONE,
                ms=round(run.seconds * 1000, 2),
                trace_id=f"{run.trace_id:032x}",
            )

    def flush(self) -> None:
        """Write the lines that are still gathered."""
        self._lines.flush()

    def results(self, results: Iterable[Result]) -> None:
        for result in results:
            metrics.inbox_results.labels(self._consumer, result.value).inc()

    def not_handled(self, heard: Heard, failure: Failure, result: Result, attempts: int) -> None:
        self.results([result])
        log.warning(
            "event not handled",
            **self._lineage(heard, attempts),
            result=result,
            reason=failure.reason,
            error=failure.error,
        )

    def number_taken(self, heard: Heard) -> None:
        """Another event of the aggregate came under the same number."""
        metrics.inbox_results.labels(self._consumer, metrics.SEQ_CONFLICT).inc()
        log.error("two events with one number", **self._lineage(heard, 1))

    def _lineage(self, heard: Heard, attempt: int) -> dict[str, Any]:
        envelope = heard.envelope
        return {
            "consumer": self._consumer,
            "event_id": str(envelope.id),
            "type": envelope.routing_key,
            "aggid": str(envelope.aggid),
            "aggseq": envelope.aggseq,
            "attempt": attempt,
            "correlation_id": str(envelope.correlationid),
        }

    def _span(self, heard: Heard, attempt: int) -> AbstractContextManager[Span]:
        """A step of the event's own trace while that is fresh; later, and on retries, a new trace linked to it."""
        envelope = heard.envelope
        origin = extract({TRACEPARENT: envelope.traceparent} if envelope.traceparent else {})
        fresh = attempt == 1 and datetime.now(UTC) - envelope.time < SAME_TRACE_WITHIN
        cause = trace.get_current_span(origin).get_span_context()
        links = [Link(cause)] if cause.is_valid and not fresh else []
        attributes: dict[str, str | int] = {
            names.MESSAGING_SYSTEM: "rabbitmq",
            names.MESSAGING_MESSAGE_ID: str(envelope.id),
            names.CONSUMER: self._consumer,
            names.EVENT_TYPE: envelope.routing_key,
            names.AGGREGATE_TYPE: envelope.aggtype,
            names.AGGREGATE_ID: str(envelope.aggid),
            names.AGGREGATE_SEQUENCE: envelope.aggseq,
            names.CORRELATION_ID: str(envelope.correlationid),
            names.ATTEMPT: attempt,
        }
        return tracer().start_as_current_span(
            f"process {envelope.event_type}",
            context=origin if fresh else None,
            kind=SpanKind.CONSUMER,
            links=links,
            attributes=attributes,
            record_exception=False,
        )
