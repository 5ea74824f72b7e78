"""What the gateway says itself: health, metrics, the merged document, the docs page, the UI."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.openapi import merge
from libs.contracts.catalogue import ASYNCAPI, all_events, schema_of

CSP_NONE = "default-src 'none'"


def document(path: str, schema: str, fields: dict[str, Any], **operation: Any) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    answer = {"200": {"description": "Fine", "content": {"application/json": {"schema": reference}}}}
    return {
        "openapi": "3.1.0",
        "paths": {path: {"get": {"tags": ["things"], "responses": answer, **operation}}},
        "components": {"schemas": {schema: {"type": "object", "properties": fields}}},
    }


OWN = ("/api/v1/dead-letters", "/api/v1/consumers", "/api/v1/events", "/api/v1/ui-config")


def services_paths(merged: dict[str, Any]) -> list[str]:
    return [path for path in merged["paths"] if not path.startswith(OWN)]


COURSE = document("/api/v1/courses", "Page", {"title": {"type": "string"}}, summary="List <courses>")
AUTH = document("/api/v1/auth/users", "Page", {"user": {"type": "string"}}, **{"x-permission": ["users:view"]})


def test_schema_names_get_a_prefix_only_where_they_clash() -> None:
    shared = {"Problem": {"type": "object"}}
    for each in (COURSE, AUTH):
        each["components"]["schemas"].update(shared)
    merged = merge({"course": COURSE, "auth": AUTH})
    assert set(merged["components"]["schemas"]) == {"CoursePage", "AuthPage", "Problem"}
    answer = merged["paths"]["/api/v1/auth/users"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/AuthPage"}


def test_a_name_clashes_too_when_what_it_refers_to_does() -> None:
    def listed(path: str, fields: dict[str, Any]) -> dict[str, Any]:
        made = document(path, "Page", {"items": {"$ref": "#/components/schemas/Row"}})
        made["components"]["schemas"]["Row"] = {"type": "object", "properties": fields}
        return made

    merged = merge({"course": listed("/api/v1/courses", {"a": {}}), "auth": listed("/api/v1/auth/users", {"b": {}})})
    schemas = merged["components"]["schemas"]
    assert set(schemas) == {"CoursePage", "CourseRow", "AuthPage", "AuthRow"}
    assert schemas["AuthPage"]["properties"]["items"] == {"$ref": "#/components/schemas/AuthRow"}


def test_only_public_paths_are_merged() -> None:
    inside = document("/internal/v1/submissions", "Inner", {})
    assert merge({"course": COURSE, "tpg-sync": inside})["paths"].keys() == {"/api/v1/courses"}


async def test_the_merged_document_survives_a_service_that_is_away(house: Any) -> None:
    house.course.document = COURSE
    await house.auth.stop()
    async with house.ask("GET", "/api/v1/openapi.json", token=None) as response:
        assert response.status == 200
        merged = await response.json()
    assert services_paths(merged) == ["/api/v1/courses"]


async def test_a_service_that_answers_nonsense_is_left_out(house: Any) -> None:
    house.course.document = ["nonsense"]
    house.auth.document = AUTH
    async with house.ask("GET", "/api/v1/openapi.json", token=None) as response:
        assert services_paths(await response.json()) == ["/api/v1/auth/users"]


async def test_the_gateway_s_own_doors_stand_in_the_document_with_what_they_take_and_answer(house: Any) -> None:
    async with house.ask("GET", "/api/v1/openapi.json", token=None) as response:
        merged = await response.json()
    schemas = merged["components"]["schemas"]
    paths = {path for path in merged["paths"] if path.startswith(OWN)}
    assert {"/api/v1/dead-letters/replay", "/api/v1/dead-letters/{id}", "/api/v1/events", "/api/v1/events/feed"} < paths
    replay = merged["paths"]["/api/v1/dead-letters/replay"]["post"]
    assert replay["x-permission"] == ["messaging:operate", "sync:requeue"]
    wish = replay["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert schemas[wish]["required"] == ["reason"]
    listed = merged["paths"]["/api/v1/dead-letters"]["get"]
    assert {"limit", "cursor", "kind", "fingerprint"} < {parameter["name"] for parameter in listed["parameters"]}
    stream = merged["paths"]["/api/v1/events"]["get"]["responses"]["200"]["content"]
    assert list(stream) == ["text/event-stream"]
    assert dangling(merged, schemas) == []


def dangling(value: Any, schemas: dict[str, Any]) -> list[str]:
    if isinstance(value, list):
        return [name for inner in value for name in dangling(inner, schemas)]
    if not isinstance(value, dict):
        return []
    found = [name for inner in value.values() for name in dangling(inner, schemas)]
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.rpartition("/")[2] not in schemas:
        found.append(reference)
    return found


async def test_the_docs_page_needs_no_script_and_escapes_what_services_say(house: Any) -> None:
    house.course.document, house.auth.document = COURSE, AUTH
    async with house.ask("GET", "/api/docs", token=None) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert response.content_type == "text/html"
    assert policy.startswith(CSP_NONE)
    assert "unsafe-inline" not in policy
    assert "<script" not in page
    assert "style=" not in page
    assert "List &lt;courses&gt;" in page
    assert "users:view" in page
    async with house.ask("GET", "/api/docs/style.css", token=None) as response:
        assert (response.status, response.content_type) == (200, "text/css")


async def test_the_page_about_events_names_every_one_and_needs_no_script(house: Any) -> None:
    async with house.ask("GET", "/api/docs/events", token=None) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert (response.status, response.content_type) == (200, "text/html")
    assert policy.startswith(CSP_NONE)
    assert "unsafe-inline" not in policy
    assert [word for word in ("<script", "style=", "http://", "https://") if word in page] == []
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert set(all_events()) <= set(anchors)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
    assert "told to clients with the scope <code>events:courses</code>" in page
    async with house.ask("GET", "/api/docs", token=None) as response:
        assert 'href="/api/docs/events"' in await response.text()


async def test_an_event_on_the_page_has_its_fields_with_type_meaning_and_example(house: Any) -> None:
    async with house.ask("GET", "/api/docs/events", token=None) as response:
        page = await response.text()
    article = page.partition('<article id="enrolment.offered.v1">')[2].partition("</article>")[0]
    assert "A seat is held for it until `offer_ends_at`." in article
    assert '<a href="#shape-EnrolmentFact">EnrolmentFact</a>' in article
    cells = article.partition("<code>offer_ends_at</code>")[2].partition("</tr>")[0]
    assert [cell in cells for cell in ("date-time", "until when the seat is held", "2026-03-02T01:00:00Z")] == [
        True
    ] * 3
    assert "&quot;aggtype&quot;: &quot;enrolment&quot;" in article
    shape = page.partition('<article id="shape-EnrolmentFact">')[2].partition("</article>")[0]
    assert '<a href="#shape-FeeStatus">FeeStatus</a>' in shape


async def test_the_asyncapi_document_is_handed_out_with_every_schema_it_refers_to(house: Any) -> None:
    async with house.ask("GET", "/api/v1/asyncapi.yaml", token=None) as response:
        told = await response.text()
    assert (response.status, response.content_type, told) == (200, "application/yaml", ASYNCAPI.read_text("utf-8"))
    referred = sorted(set(re.findall(r"\$ref: (frozen/\S+)", told)))
    assert len(referred) == len(all_events())
    for name in (referred[0], referred[-1]):
        async with house.ask("GET", f"/api/v1/{name}", token=None) as response:
            assert json.loads(await response.read())["$id"].startswith("urn:tms:schema:")
    for name in ("frozen/nothing.v1.json", "frozen/../asyncapi.yaml", "frozen/"):
        async with house.ask("GET", f"/api/v1/{name}", token=None) as response:
            assert response.status in {400, 404}, name


def test_a_shape_that_several_events_share_is_one_shape() -> None:
    """The page shows each once, by its name."""
    shapes: dict[str, set[str]] = {}
    for event in all_events().values():
        for name, shape in schema_of(event).get("$defs", {}).items():
            shapes.setdefault(name, set()).add(json.dumps(shape, sort_keys=True))
    assert [name for name, different in shapes.items() if len(different) > 1] == []


async def test_health_tells_which_services_are_ready(make_house: Any) -> None:
    house = await make_house()
    async with house.ask("GET", "/healthz", token=None) as response:
        assert await response.json() == {"status": "up"}
    house.course.ready = False
    async with house.ask("GET", "/readyz", token=None) as response:
        told = await response.json()
    assert (response.status, told["status"]) == (200, "degraded")
    assert told["services"] == {"course": "away", "auth": "ready", "enrolment": "away", "assessment": "away"}


async def test_without_auth_the_gateway_is_not_ready(make_house: Any) -> None:
    house = await make_house()
    await house.auth.stop()
    async with house.ask("GET", "/readyz", token=None) as response:
        assert (response.status, (await response.json())["status"]) == (503, "away")


async def test_metrics_name_routes_by_prefix(house: Any) -> None:
    async with house.ask("GET", "/api/v1/course-runs/S1234567D") as response:
        assert response.status == 200
    async with house.ask("GET", "/metrics", token=None) as response:
        told = await response.text()
    assert 'method="GET",route="/api/v1/course-runs",service="gateway",status="2xx"' in told
    assert "S1234567D" not in told


async def test_own_pages_can_only_be_read(house: Any) -> None:
    for path in ("/healthz", "/", "/api/v1/openapi.json"):
        async with house.ask("POST", path) as response:
            assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
        async with house.ask("HEAD", path) as response:
            assert (response.status, await response.read()) == (200, b"")


async def test_one_log_line_a_request_without_its_path(house: Any, capsys: Any) -> None:
    async with house.ask("GET", "/api/v1/course-runs/S1234567D?email=someone@example.com") as response:
        correlation_id = response.headers["X-Correlation-Id"]
    house.log.flush()
    (line,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (line["event"], line["service"], line["upstream"]) == ("http", "gateway", "course")
    assert (line["route"], line["status"], line["correlation_id"]) == ("/api/v1/course-runs", 200, correlation_id)
    assert len(line["trace_id"]) == 32
    assert "S1234567D" not in json.dumps(line)


async def test_without_a_built_ui_the_root_says_what_this_is(house: Any) -> None:
    async with house.ask("GET", "/", token=None) as response:
        page = await response.text()
    assert "/api/docs" in page
    assert "make ui" in page
    async with house.ask("GET", "/elsewhere", token=None) as response:
        assert response.status == 404


async def test_a_built_ui_is_served_with_its_routes(make_house: Any, tmp_path: Path) -> None:
    ui = tmp_path / "ui"
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text("<!doctype html>the ui")
    (ui / "assets" / "main-1a2b.js").write_text("let synthetic")
    (tmp_path / "secret.txt").write_text("not for anyone")
    house = await make_house(ui_folder=ui)
    async with house.ask("GET", "/runs/7", token=None) as response:
        assert (await response.text(), response.headers["Cache-Control"]) == ("<!doctype html>the ui", "no-cache")
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy
    async with house.ask("GET", "/assets/main-1a2b.js", token=None) as response:
        assert (response.content_type, await response.text()) == ("text/javascript", "let synthetic")
        assert "immutable" in response.headers["Cache-Control"]
    for path in ("/assets/other.js", "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt"):
        async with house.ask("GET", path, token=None) as response:
            assert response.status == 404, path


async def test_what_the_build_has_compressed_is_sent_so_to_who_accepts_it(make_house: Any, tmp_path: Path) -> None:
    (tmp_path / "ui" / "assets").mkdir(parents=True)
    (tmp_path / "ui" / ".vite").mkdir()
    for name, content in (("index.html", b"plain"), ("index.html.br", b"small"), (".vite/manifest.json", b"{}")):
        (tmp_path / "ui" / name).write_bytes(content)
    house = await make_house(ui_folder=tmp_path / "ui")
    for accepted, coding, body in (("gzip, br", "br", b"small"), ("gzip", None, b"plain"), ("br;q=0", None, b"plain")):
        async with house.ask("GET", "/", token=None, headers={"Accept-Encoding": accepted}) as response:
            assert (response.headers.get("Content-Encoding"), await response.read()) == (coding, body)
            assert (response.content_type, response.headers["Vary"]) == ("text/html", "accept-encoding")
    for hidden in ("/.vite/manifest.json", "/index.html.br"):
        async with house.ask("GET", hidden, token=None) as response:
            assert response.status == 404


async def test_the_ui_is_told_the_system_s_time_and_where_traces_are(make_house: Any) -> None:
    house = await make_house(trace_url="https://traces.example/{trace_id}")
    async with house.ask("GET", "/api/v1/ui-config") as response:
        told = await response.json()
    assert told["trace_url"] == "https://traces.example/{trace_id}"
    assert datetime.fromisoformat(told["now"]) == house.clock.now()
    async with house.ask("GET", "/api/v1/ui-config", token=None) as response:
        assert response.status == 401


async def test_every_answer_names_its_trace(house: Any) -> None:
    for path in ("/healthz", "/api/v1/course-runs", "/api/v1/nowhere"):
        async with house.ask("GET", path) as response:
            assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Trace-Id"])
