import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from opentelemetry import baggage, trace

from libs.access.permissions import Permission
from libs.telemetry.context import current
from libs.telemetry.logging import configure_logging
from libs.telemetry.tracing import inject
from libs.testing.spans import Spans, watched
from libs.web.guard import allow
from libs.web.routing import Router

CALLER_TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER_SPAN = "b7ad6b7169203331"
NRIC = "S1234567D"  # synthetic
CANARY = "canary-0f4d2b"


@pytest.fixture
def spans() -> Iterator[Spans]:
    with watched("shop") as spans:
        yield spans


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logging("shop")
    yield capsys
    structlog.reset_defaults()
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


def doors() -> Router:
    router = Router(prefix="/api/v1/things", dependencies=[allow(Permission.SELF)])

    @router.get("/{name}")
    async def look(name: str) -> dict[str, str]:
        if name == "broken":
            raise RuntimeError(f"broken for {NRIC}")
        return {"correlation_id": str(current().correlation_id)}

    @router.post("/{name}/lineage")
    async def pass_on(name: str) -> dict[str, str]:
        """What this request would hang on its events and on its own calls."""
        carrier: dict[str, str] = {}
        inject(carrier)
        assert not trace.get_current_span().get_span_context().trace_state
        assert not baggage.get_all()
        return carrier

    return router


async def test_a_correlation_id_that_is_a_uuid_is_taken_and_returned(shop: Any) -> None:
    given_id = "01a2074c-d2b8-72fd-8ebe-022b18e8c6fd"
    async with shop.client(doors()) as client:
        response = await client.get("/api/v1/things/a", headers={"X-Correlation-Id": given_id})
    assert response.json()["correlation_id"] == given_id == response.headers["x-correlation-id"]


@pytest.mark.parametrize(
    "given_id",
    [
        "",
        "42",
        NRIC,
        "{01a2074c-d2b8-72fd-8ebe-022b18e8c6fd}",
        "x" * 36,
        "01a2074cd2b872fd8ebe022b18e8c6fd----",
        "{01a2074cd2b872fd8ebe022b18e8c6fd--}",
        "01a2074c-d2b8-72fd-8ebe-022b18e8c6_d",
    ],
)
async def test_any_other_is_replaced(shop: Any, given_id: str) -> None:
    async with shop.client(doors()) as client:
        response = await client.get("/api/v1/things/a", headers={"X-Correlation-Id": given_id})
    assert UUID(response.headers["x-correlation-id"]).version == 7
    assert response.headers["x-correlation-id"] != given_id


async def test_the_callers_trace_goes_on_and_names_the_template(shop: Any, spans: Spans) -> None:
    async with shop.client(doors()) as client:
        header = {"traceparent": f"00-{CALLER_TRACE}-{CALLER_SPAN}-01"}
        await client.get(f"/api/v1/things/{NRIC}?nric={NRIC}", headers=header)
    (span,) = spans.ended
    assert span.name == "GET /api/v1/things/{name}"
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == CALLER_TRACE
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == CALLER_SPAN
    assert NRIC not in span.to_json()


async def test_of_a_callers_trace_the_door_takes_its_ids_alone(
    shop: Any, spans: Spans, logs: pytest.CaptureFixture[str]
) -> None:
    headers = {
        "traceparent": f"00-{CALLER_TRACE}-{CALLER_SPAN}-01",
        "tracestate": f"vendor={CANARY}",
        "baggage": f"person={CANARY}",
        "User-Agent": CANARY,
    }
    async with shop.client(doors()) as client:
        path = f"/api/v1/things/{CANARY}/lineage?{CANARY}={CANARY}"
        response = await client.post(path, headers=headers, json={CANARY: CANARY})
    assert list(response.json()) == ["traceparent"]
    (span,) = spans.ended
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == CALLER_TRACE
    assert not span.context.trace_state
    assert CANARY not in span.to_json()
    assert CANARY not in logs.readouterr().out


@pytest.mark.parametrize(
    "broken",
    ["nonsense", f"00-{CALLER_TRACE}-{'0' * 16}-01", f"00-{CALLER_TRACE}-{CALLER_SPAN}-01-{CANARY}", "x" * 600],
)
async def test_an_unreadable_trace_starts_a_new_one(
    shop: Any, spans: Spans, logs: pytest.CaptureFixture[str], broken: str
) -> None:
    async with shop.client(doors()) as client:
        await client.get("/api/v1/things/a", headers={"traceparent": broken, "tracestate": f"no {CANARY}"})
    (span,) = spans.ended
    assert span.parent is None
    assert CANARY not in logs.readouterr().out


async def test_each_request_is_one_log_line_without_its_path(shop: Any, logs: pytest.CaptureFixture[str]) -> None:
    async with shop.client(doors()) as client:
        await client.get(f"/api/v1/things/{NRIC}?email=someone@example.com")
    (line,) = (json.loads(line) for line in logs.readouterr().out.splitlines())
    assert (line["event"], line["service"], line["method"]) == ("http", "shop", "GET")
    assert (line["route"], line["status"]) == ("/api/v1/things/{name}", 200)
    assert UUID(line["actor_id"]).version == 7
    assert UUID(line["correlation_id"]).version == 7
    assert NRIC not in json.dumps(line)


async def test_a_defect_is_logged_with_its_traceback_and_without_values(
    shop: Any, logs: pytest.CaptureFixture[str]
) -> None:
    async with shop.client(doors()) as client:
        response = await client.get("/api/v1/things/broken")
    first, second = (json.loads(line) for line in logs.readouterr().out.splitlines())
    assert (first["event"], first["level"]) == ("unforeseen", "error")
    assert "RuntimeError: broken for [redacted]" in first["exception"]
    assert first["correlation_id"] == response.headers["x-correlation-id"]
    assert (second["event"], second["status"]) == ("http", 500)


async def test_health_questions_are_answered_and_not_logged(shop: Any, logs: pytest.CaptureFixture[str]) -> None:
    async with shop.client(doors(), roles=[]) as client:
        alive = await client.get("/livez")
        ready = await client.get("/readyz")
        counted = await client.get("/metrics")
    assert alive.json() == {"status": "up"}
    assert (ready.status_code, ready.json()["parts"]) == (503, {"database": "away"})
    assert "# TYPE tms_http_request_seconds histogram" in counted.text
    assert [json.loads(line)["event"] for line in logs.readouterr().out.splitlines()] == ["not ready"]


async def test_requests_are_counted_by_template(shop: Any) -> None:
    async with shop.client(doors()) as client:
        await client.get(f"/api/v1/things/{NRIC}")
        counted = (await client.get("/metrics")).text
    label = 'tms_http_request_seconds_count{method="GET",route="/api/v1/things/{name}",service="shop",status="2xx"}'
    assert label in counted
    assert NRIC not in counted
