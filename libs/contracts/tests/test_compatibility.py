"""A released event may only grow inside one major version."""

from uuid import UUID

import pytest

from libs.contracts.catalogue import schema_of
from libs.contracts.compatibility import broken_promises
from libs.contracts.event import Event


class Released(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    size: int
    note: str | None = None


class WithOneMoreField(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    size: int
    note: str | None = None
    colour: str | None = None


class WithoutSize(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    note: str | None = None


class WithSizeAsText(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    size: str
    note: str | None = None


class WithColourRequired(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    size: int
    note: str | None = None
    colour: str


class WithNoteNoLongerOptional(Event, type="sample.released", key="sample_id"):
    sample_id: UUID
    size: int
    note: str


def test_an_added_optional_field_breaks_no_reader() -> None:
    assert broken_promises(schema_of(Released), schema_of(WithOneMoreField)) == []


@pytest.mark.parametrize(
    ("changed", "promise"),
    [
        (WithoutSize, "data.size is gone"),
        (WithSizeAsText, "data.size changed its type"),
        (WithNoteNoLongerOptional, "data.note changed its type"),
    ],
)
def test_a_lost_or_retyped_field_breaks_readers(changed: type[Event], promise: str) -> None:
    assert promise in broken_promises(schema_of(Released), schema_of(changed))


def test_a_newly_required_field_breaks_writers_of_stored_events() -> None:
    assert "data.colour is required now" in broken_promises(schema_of(Released), schema_of(WithColourRequired))
