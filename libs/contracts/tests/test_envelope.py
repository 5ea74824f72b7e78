"""The envelope: what is stored is what is sent, and what cannot be read says why without saying what."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.catalogue import all_events, spoken_by
from libs.contracts.envelope import Envelope, UnreadableEnvelope, seal
from libs.contracts.tpg_sync import SyncQueued

ID = UUID("01a20730-661d-74d9-bcc8-8ee9276820e1")


def sealed() -> Envelope:
    event = SyncQueued(record_id=ID, record_type="run", job_id=ID, kind="publish", record_revision=1, state="pending")
    return seal(
        event,
        service="tpg-sync",
        event_id=ID,
        sequence=7,
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        correlation_id=ID,
        causation_id=None,
        actor_id="system",
        actor_role="system",
    )


def test_an_envelope_survives_the_wire_byte_for_byte() -> None:
    envelope = sealed()
    assert Envelope.from_bytes(envelope.to_bytes()).to_bytes() == envelope.to_bytes()


def test_the_envelope_names_its_event_by_wire_type_not_by_class() -> None:
    envelope = sealed()
    assert (envelope.type, envelope.event_type, envelope.major) == ("sg.tms.sync.queued.v1", "sync.queued", 1)
    assert envelope.subject == envelope.partitionkey == f"sync/{ID}"


@given(st.binary(max_size=200))
def test_random_bytes_are_unreadable_never_a_crash(body: bytes) -> None:
    with pytest.raises(UnreadableEnvelope):
        Envelope.from_bytes(body)


def test_what_is_missing_is_named_but_no_value_is_repeated() -> None:
    with pytest.raises(UnreadableEnvelope) as refused:
        Envelope.from_bytes(b'{"id": "S1234567D", "type": "x"}')
    assert "aggid" in str(refused.value)
    assert "S1234567D" not in str(refused.value)


def test_every_event_has_one_speaker_and_one_routing_key() -> None:
    keys = [event.routing_key() for service in ("auth", "course", "audit", "tpg-sync") for event in spoken_by(service)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(all_events())
