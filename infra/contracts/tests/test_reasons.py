"""Every request of every service that takes a reason takes the same kind, which refuses personal data."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from libs.web.body import Body

ROOT = Path(__file__).parents[3]
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/main.py"))
FREE_TEXTS = {"reason", "class_size_override"}


def _bodies(kind: type[Body]) -> Iterator[type[Body]]:
    for below in kind.__subclasses__():
        yield below
        yield from _bodies(below)


def reasons() -> dict[str, FieldInfo]:
    """Every such field of every request body of the system."""
    for service in SERVICES:
        importlib.import_module(f"services.{service}.main")
    found = {
        f"{body.__module__}.{body.__name__}.{name}": field
        for body in _bodies(Body)
        if body.__module__.startswith(("services.", "libs.chassis."))
        for name, field in body.model_fields.items()
        if name in FREE_TEXTS
    }
    return dict(sorted(found.items()))


def test_every_service_is_looked_at() -> None:
    places = {".".join(name.split(".")[:2]) for name in reasons()}
    assert places == {"libs.chassis", *(f"services.{service}" for service in SERVICES)}


@pytest.mark.parametrize("leak", ["see S1234567D", "ask person@example.com", "call 9123 4567"])
@pytest.mark.parametrize("name", reasons())
def test_a_reason_with_personal_data_is_refused(name: str, leak: str) -> None:
    field = reasons()[name]
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(field.rebuild_annotation()).validate_python(leak)
    assert [error["type"] for error in refused.value.errors()] == ["personal_data"]
