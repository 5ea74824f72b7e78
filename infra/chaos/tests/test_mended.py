"""What the portal's comparison counts, and what it lets pass."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.chaos.checks.mended import Aftermath, compared
from infra.chaos.checks.tampering import TAMPERED
from infra.chaos.portal.drift import Drift, sign_of
from infra.chaos.portal.there import There, likeness

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CHANGED, DELETED, ALONE = "ENR-1", "ENR-2", "ENR-3"


def place(reference: str, person: str, **changed: Any) -> dict[str, Any]:
    stamps = {"number": int(reference[-1]), "edits": 0, "made_by": "api", "changed_by": "api", "deleted": False}
    told = {"reference": reference, "run_id": 1, "status": "Confirmed", "sponsorship": "INDIVIDUAL"}
    return {**stamps, **told, "trainee": {"id": person, "email": f"{person}@example.com"}, **changed}


def row(number: int, **changed: Any) -> dict[str, Any]:
    told = {"session_id": "S1", "status": "1", "hours": None, "trainee": {"id": "A"}}
    return {"number": number, "deleted": False, "made_by": "api", **told, **changed}


def there(*enrolments: dict[str, Any], rows: tuple[dict[str, Any], ...] = ()) -> There:
    run = {"run_id": 1, "deleted": False, "content": {"room": "1"}, "trainers": [], "sessions": []}
    return There.of({"runs": [run], "enrolments": enrolments, "attendance": rows, "assessments": []})


BEFORE = there(place(CHANGED, "A"), place(DELETED, "B"), place(ALONE, "C"), rows=(row(1),))
MENDED = there(
    place(CHANGED, "A", edits=2),
    place(DELETED, "B", deleted=True),
    place(ALONE, "C"),
    place("ENR-4", "B"),
    place("ENR-5", "Z", made_by="portal", status="Cancelled"),
    rows=(row(1, deleted=True), row(2)),
)
DRIFTS = (
    Drift("ENR-05", "a", "enrolments", CHANGED),
    Drift("ENR-01", "b", "enrolments", DELETED, makes=likeness("enrolments", place(DELETED, "B"))),
    Drift("ENR-02", "ENR-5", "enrolments", "ENR-5", was_ours=False),
    Drift("ATT-01", "m", "attendance", "1", makes=likeness("attendance", row(1))),
)
AFTERMATH = Aftermath(NOW, DRIFTS, BEFORE)


def changed(kind: str, key: str, **values: Any) -> There:
    records = MENDED.records[kind]
    return There({**MENDED.records, kind: {**records, key: {**records.get(key, {}), **values}}})


def test_what_was_mended_as_it_should_counts_nothing() -> None:
    assert set(compared(AFTERMATH, MENDED).values()) == {0}


BREACHES: list[tuple[str, Callable[[], There]]] = [
    ("there other than before", lambda: changed("enrolments", CHANGED, sponsorship="EMPLOYER")),
    ("there other than before", lambda: changed("enrolments", "ENR-4", status="Cancelled")),
    ("there other than before", lambda: changed("attendance", "2", status="4")),
    ("made in the portal, and left there", lambda: changed("enrolments", "ENR-5", status="Confirmed")),
    ("made twice, or by nobody's order", lambda: changed("enrolments", "ENR-6", **place("ENR-6", "B"))),
    ("made twice, or by nobody's order", lambda: changed("enrolments", "ENR-6", **place("ENR-6", "D"))),
    ("made twice, or by nobody's order", lambda: changed("attendance", "3", **row(3))),
    ("changed without an order", lambda: changed("enrolments", ALONE, edits=1)),
    ("changed without an order", lambda: changed("runs", "1", content={"room": "2"})),
]


@pytest.mark.parametrize(("promise", "breach"), BREACHES)
def test_every_breach_is_counted(promise: str, breach: Callable[[], There]) -> None:
    assert compared(AFTERMATH, breach())[promise] == 1


@pytest.mark.parametrize("promise", sorted(TAMPERED))
def test_a_memory_tampered_with_is_counted_as_the_breach_it_stands_for(promise: str) -> None:
    assert compared(TAMPERED[promise](AFTERMATH), MENDED)[promise]


def test_a_discrepancy_is_known_by_its_code_and_what_it_is_about() -> None:
    row = {"code": "ENR-05", "record_id": "r", "session_id": None, "enrolment_id": "e", "remote_ref": "ENR-1"}
    assert sign_of(row) == ("ENR-05", "r")
    assert sign_of({**row, "code": "SES-01", "session_id": "s"}) == ("SES-01", "r/s")
    assert sign_of({**row, "code": "SES-02", "remote_ref": "theirs"}) == ("SES-02", "theirs")
    assert sign_of({**row, "code": "ATT-02", "record_id": None, "session_id": "s"}) == ("ATT-02", "e/s")
    assert sign_of({**row, "code": "ATT-04", "record_id": None, "enrolment_id": None}) == ("ATT-04", "ENR-1")
