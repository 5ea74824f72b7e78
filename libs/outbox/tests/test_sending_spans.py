"""Handing events to the broker is a step of the journeys they come from."""

from uuid import uuid4

import pytest
from opentelemetry.trace import SpanKind

from libs.broker.publisher import Outgoing
from libs.outbox.relay import FEW, Pending, _sending
from libs.telemetry.tracing import TRACEPARENT
from libs.testing.spans import watched


def pending(origin: str | None) -> Pending:
    headers = {TRACEPARENT: origin} if origin else {}
    return Pending(1, uuid4(), 0, Outgoing("1", "run.published.v1", b"{}", "application/json", "t", headers=headers))


def origin_of(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def test_few_journeys_get_a_step_each_in_their_own_trace() -> None:
    """Given three events of two journeys, when they are sent together, then each journey has one span, as its child."""
    with watched("relay") as spans, _sending([pending(origin_of(1)), pending(origin_of(2)), pending(origin_of(1))]):
        pass
    told = [span for span in spans.ended if span.name == "send tms.events"]
    assert {(span.context.trace_id, span.parent and span.parent.span_id) for span in told} == {(1, 1), (2, 2)}
    assert {span.kind for span in told} == {SpanKind.PRODUCER}
    assert {(span.attributes or {})["messaging.batch.message_count"] for span in told} == {3}


def test_many_journeys_are_linked_from_one_span() -> None:
    with watched("relay") as spans, _sending([pending(origin_of(number)) for number in range(1, FEW + 2)]):
        pass
    (span,) = (span for span in spans.ended if span.name == "send tms.events")
    assert {link.context.trace_id for link in span.links} == set(range(1, FEW + 2))
    assert span.parent is None


@pytest.mark.parametrize("origin", [None, "nonsense"])
def test_an_event_without_a_journey_starts_no_trouble(origin: str | None) -> None:
    with watched("relay"), _sending([pending(origin)]):
        pass
