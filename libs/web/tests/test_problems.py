import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import httpx
import pytest
from pydantic import EmailStr, Field, field_validator
from pydantic_core import PydanticCustomError

from libs.access.permissions import Permission
from libs.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Refused, Stale, TooMany, Unavailable
from libs.web.body import MIB, Body, accepts_up_to
from libs.web.guard import allow
from libs.web.routing import Router

NRIC = "S1234567D"  # synthetic


class Inner(Body):
    starts_at: datetime
    seats: Annotated[int, Field(ge=1, le=40)]


class Wish(Body):
    name: Annotated[str, Field(min_length=2, max_length=5)]
    mode: Literal["classroom", "online"] = "classroom"
    email: EmailStr | None = None
    fee: Annotated[Decimal | None, Field(decimal_places=2)] = None
    begins_on: date | None = None
    id: UUID | None = None
    code: Annotated[str | None, Field(pattern="^[A-Z]{3}$")] = None
    inner: tuple[Inner, ...] = ()

    @field_validator("name")
    @classmethod
    def _not_taken(cls, value: str) -> str:
        if value == "taken":
            raise PydanticCustomError("name_taken", "This name is taken.", {"fix": "Choose another."})
        return value


def doors(refusal: Exception | None = None) -> Router:
    router = Router(prefix="/api/v1/things", dependencies=[allow(Permission.SELF)])

    @router.post("")
    async def make(wish: Wish) -> dict[str, str]:
        return {"name": wish.name}

    @router.get("/{thing_id}")
    async def look(thing_id: UUID, limit: Annotated[int, Field(le=10)] = 1) -> dict[str, str]:
        if refusal is not None:
            raise refusal
        return {"id": str(thing_id), "limit": str(limit)}

    @router.put("/large")
    @accepts_up_to(2 * MIB)
    async def large(wish: dict[str, str]) -> dict[str, int]:
        return {"length": len(wish["text"])}

    return router


async def post(shop: Any, body: Any, **options: Any) -> httpx.Response:
    async with shop.client(doors()) as client:
        sent = {"content": body, **options} if isinstance(body, bytes) else {"json": body}
        response: httpx.Response = await client.post("/api/v1/things", **sent)
        return response


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "missing"),
        ({"name": NRIC}, "name", "string_too_long"),
        ({"name": "A"}, "name", "string_too_short"),
        ({"name": 12345678}, "name", "string_type"),
        ({"name": "taken"}, "name", "name_taken"),
        ({"name": "Good", "nric": NRIC}, "nric", "extra_forbidden"),
        ({"name": "Good", "mode": NRIC}, "mode", "literal_error"),
        ({"name": "Good", "email": f"{NRIC}@"}, "email", "value_error"),
        ({"name": "Good", "fee": "1.234"}, "fee", "decimal_max_places"),
        ({"name": "Good", "fee": NRIC}, "fee", "decimal_parsing"),
        ({"name": "Good", "begins_on": NRIC}, "begins_on", "date_from_datetime_parsing"),
        ({"name": "Good", "id": NRIC}, "id", "uuid_parsing"),
        ({"name": "Good", "code": NRIC}, "code", "string_pattern_mismatch"),
        (
            {"name": "Good", "inner": [{"starts_at": NRIC, "seats": 1}]},
            "inner.0.starts_at",
            "datetime_from_date_parsing",
        ),
        (
            {"name": "Good", "inner": [{"starts_at": "2026-03-02T09:00:00Z", "seats": 41}]},
            "inner.0.seats",
            "less_than_equal",
        ),
        ([NRIC], "body", "model_attributes_type"),
        (NRIC, "body", "model_attributes_type"),
    ],
)
async def test_a_wrong_field_is_named_with_a_fix_and_its_value_is_not_repeated(
    shop: Any, body: Any, field: str, code: str
) -> None:
    response = await post(shop, body)
    problem = response.json()
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = problem["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"].endswith(".")
    assert error["fix"].endswith(".")
    assert NRIC not in response.text
    assert "{" not in error["fix"].replace("{3}", "")


async def test_all_wrong_fields_are_told_at_once(shop: Any) -> None:
    problem = (await post(shop, {"mode": "x", "surprise": 1})).json()
    assert problem["detail"] == "3 fields are wrong."
    assert {error["field"] for error in problem["errors"]} == {"name", "mode", "surprise"}


async def test_an_unknown_field_whose_name_is_personal_is_not_repeated(shop: Any) -> None:
    response = await post(shop, {"name": "Good", NRIC: 1, "Tan Ah Kow (synthetic)": 2})
    assert response.status_code == 422
    assert NRIC not in response.text
    assert "Kow" not in response.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"name": ', "application/json", 422),
        (b'"\xc3\x28"', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": "Good"}', "text/plain", 422),
        (b'{"name": "Good"}', None, 422),
    ],
)
async def test_a_body_that_is_not_json_is_refused_without_a_crash(
    shop: Any, content: bytes, media_type: str | None, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = await post(shop, content, headers=headers)
    assert response.status_code == status
    assert response.json()["status"] == status


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (NotFound("thing", 7), 404, "not_found"),
        (Conflict("Not now.", allowed=["publish"]), 409, "conflict"),
        (Forbidden("No."), 403, "forbidden"),
        (Stale("Changed."), 412, "stale"),
        (Invalid("Wrong.", [FieldError("a", "b", "C.", "D.")]), 422, "invalid"),
        (TooMany("Slow down.", retry_after=timedelta(seconds=1.2)), 429, "too_many"),
        (Unavailable("Away."), 503, "unavailable"),
    ],
)
async def test_every_kind_of_refusal_has_its_status(shop: Any, refusal: Refused, status: int, code: str) -> None:
    async with shop.client(doors(refusal)) as client:
        response = await client.get(f"/api/v1/things/{shop.ids.new()}")
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["correlation_id"] == response.headers["x-correlation-id"]
    if isinstance(refusal, Conflict):
        assert problem["allowed"] == ["publish"]
    if isinstance(refusal, Invalid):
        assert problem["errors"] == [{"field": "a", "code": "b", "message": "C.", "fix": "D."}]
    if isinstance(refusal, TooMany):
        assert response.headers["retry-after"] == "2"


async def test_a_kind_derived_by_a_service_keeps_its_code_and_gets_its_parents_status(shop: Any) -> None:
    class RunFull(Conflict):
        code = "run_full"

    async with shop.client(doors(RunFull("The run is full."))) as client:
        response = await client.get(f"/api/v1/things/{shop.ids.new()}")
    assert (response.status_code, response.json()["code"]) == (409, "run_full")


async def test_what_nobody_foresaw_is_a_500_that_tells_only_the_correlation_id(
    shop: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    correlation_id = str(shop.ids.new())
    async with shop.client(doors(ValueError(f"broken for {NRIC}"))) as client:
        response = await client.get(f"/api/v1/things/{shop.ids.new()}", headers={"X-Correlation-Id": correlation_id})
    assert response.status_code == 500
    assert response.json()["correlation_id"] == correlation_id == response.headers["x-correlation-id"]
    assert "broken" not in response.text


async def test_unknown_paths_and_methods_are_problems_too(shop: Any) -> None:
    async with shop.client(doors()) as client:
        nowhere = await client.get("/api/v1/nowhere")
        wrong = await client.patch("/api/v1/things")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no_such_path")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_body_over_the_limit_is_413_whether_it_says_so_or_not(shop: Any) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * (MIB // 10)

    async with shop.client(doors()) as client:
        headers = {"Content-Type": "application/json"}
        declared = await client.post("/api/v1/things", content=b"x" * (MIB + 1), headers=headers)
        streamed = await client.post("/api/v1/things", content=pieces(), headers=headers)
    assert [declared.status_code, streamed.status_code] == [413, 413]
    assert declared.json()["code"] == streamed.json()["code"] == "body_too_large"


async def test_a_route_may_take_more_than_the_usual_limit(shop: Any) -> None:
    async with shop.client(doors()) as client:
        fits = await client.put("/api/v1/things/large", json={"text": "x" * (MIB + 1)})
        too_large = await client.put("/api/v1/things/large", json={"text": "x" * (2 * MIB + 1)})
    assert (fits.status_code, fits.json()["length"]) == (200, MIB + 1)
    assert too_large.status_code == 413


async def test_query_and_path_errors_name_their_place(shop: Any) -> None:
    async with shop.client(doors()) as client:
        problem = (await client.get(f"/api/v1/things/{NRIC}?limit=x")).json()
    assert {error["field"] for error in problem["errors"]} == {"path.thing_id", "query.limit"}
    assert NRIC not in json.dumps(problem)
