import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from libs.telemetry.context import Context, entered
from libs.telemetry.logging import configure_logging, describe
from libs.telemetry.redaction import MASK, redact, redact_value

NRIC = "S1234567D"  # synthetic, like everything below
SECRETS = [
    NRIC,
    "g7654321k",
    "someone@example.com",
    "Bearer abc.def.ghi",
    "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln",
    "+65 9123 4567",
    "postgresql://tms_course:hunter2@127.0.0.1/tms",
]
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("course", level="INFO")
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def test_a_line_carries_its_lineage(lines: Read) -> None:
    context = Context(UUID(int=1), causation_id=UUID(int=2), actor_id="01a2074c", actor_role="ops")
    with entered(context):
        structlog.get_logger().info("published", run=7)
    (line,) = lines()
    assert (line["event"], line["level"], line["service"], line["run"]) == ("published", "info", "course", 7)
    assert (line["correlation_id"], line["causation_id"]) == (str(UUID(int=1)), str(UUID(int=2)))
    assert line["actor_id"] == "01a2074c"
    assert line["at"].endswith("Z")


def test_the_standard_librarys_loggers_use_the_same_pipe(lines: Read) -> None:
    logging.getLogger("some.library").warning("connected to %s", SECRETS[-1])
    (line,) = lines()
    assert (line["service"], line["level"], line["logger"]) == ("course", "warning", "some.library")
    assert "hunter2" not in line["event"]


def test_what_is_below_the_level_is_not_written(lines: Read) -> None:
    structlog.get_logger().debug("noise")
    logging.getLogger("some.library").debug("noise")
    assert lines() == []


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_private_is_masked_wherever_it_stands(lines: Read, secret: str) -> None:
    structlog.get_logger().warning(f"about {secret}", detail={"deep": [f"({secret})"]}, plain=secret)
    (line,) = lines()
    private = "hunter2" if "hunter2" in secret else secret
    assert private not in json.dumps(line)
    assert MASK in line["event"]


@pytest.mark.parametrize("key", ["password", "new_password", "client_secret", "Authorization", "nric", "refresh_token"])
def test_a_key_that_names_a_secret_loses_its_value(lines: Read, key: str) -> None:
    structlog.get_logger().info("x", **{key: "plain", "inner": {key: "plain"}})
    (line,) = lines()
    assert line[key] == MASK
    assert line["inner"][key] == MASK


def test_ids_and_numbers_stay_readable() -> None:
    kept = (
        "run 01a2074c-d2b8-72fd-8ebe-022b18e8c6fd at 2026-03-02T09:00:00+08:00, trace 0af7651916cd43dd8448eb211c80319c"
    )
    assert redact(kept) == kept
    assert redact_value({"permission": "runs:write", "count": 12345678}) == {
        "permission": "runs:write",
        "count": 12345678,
    }


@given(st.uuids())
def test_no_uuid_is_ever_taken_for_something_private(value: UUID) -> None:
    assert redact(f"id {value}") == f"id {value}"
    assert redact(value.hex) == value.hex


def fail(message: str, cause: Exception | None = None) -> None:
    raise ValueError(message) from cause


def test_an_exception_is_told_without_the_rows_and_inputs_in_its_message(lines: Read) -> None:
    message = (
        "duplicate key\nDETAIL:  Key (name)=(Tan (synthetic)) already exists.\n"
        "[parameters: ('Tan (synthetic)', 2)]\n"
        f"x [type=int, input_value='Tan (synthetic)', input_type=str] {NRIC}"
    )
    try:
        fail(message)
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines()
    assert "ValueError: duplicate key" in line["exception"]
    assert "in fail" in line["exception"]
    assert "Tan" not in line["exception"]
    assert NRIC not in line["exception"]


def test_causes_are_told_too() -> None:
    with pytest.raises(ValueError, match="outer") as caught:
        fail("outer", KeyError(NRIC))
    told = describe(caught.value)
    assert "KeyError" in told
    assert "ValueError: outer" in told
    assert NRIC not in told
