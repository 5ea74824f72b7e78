"""A record judged as it would be sent now, whether or not anything was ever owed for it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from libs.access.permissions import Role
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import ENROLMENT, MARK, RESULT, RUN, enrolment, mark, result, run, trainee

PREFLIGHT = "/api/v1/sync/preflight"


@pytest.fixture
def owners(desk: Desk) -> Desk:
    """Everybody knows their records; nothing was told yet."""
    desk.owner.runs[RUN] = run()
    desk.owner.enrolments[ENROLMENT] = enrolment()
    desk.owner.marks[MARK] = mark()
    desk.owner.results[RESULT] = result(assessed_on=date(2026, 3, 2))
    return desk


@pytest.mark.parametrize(
    ("kind", "record_id", "waits"),
    [
        ("run", RUN, []),
        ("enrolment", ENROLMENT, ["run"]),
        ("fee", ENROLMENT, ["enrolment"]),
        ("attendance", MARK, ["run", "enrolment"]),
        ("assessment", RESULT, ["enrolment"]),
    ],
)
async def test_a_clean_record_is_clean_and_tells_what_it_would_wait_for(
    owners: Desk, kind: str, record_id: UUID, waits: list[str]
) -> None:
    ops = await owners.stage.client(Role.OPS)
    answer = await ops.get(f"{PREFLIGHT}/{kind}/{record_id}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["clean"], body["revision"], body["remote_id"]) == (True, 1, None)
    assert [wait["record_type"] for wait in body["waits_for"]] == waits
    assert owners.gateway.journal.find() == [], "nothing is sent"
    assert await owners.jobs() == [], "nothing is owed"


@pytest.mark.parametrize(
    ("kind", "record_id", "field"),
    [
        ("run", RUN, "venue"),
        ("enrolment", ENROLMENT, "trainee.id_number"),
        ("attendance", MARK, "hours"),
        ("assessment", RESULT, "result"),
    ],
)
async def test_what_would_be_refused_is_told_with_field_code_sentence_and_fix(
    owners: Desk, kind: str, record_id: UUID, field: str
) -> None:
    owners.owner.runs[RUN] = run(venue=None)
    owners.owner.enrolments[ENROLMENT] = enrolment(trainee=trainee(id_number="S1234567A"))
    owners.owner.marks[MARK] = mark(hours=Decimal(12))
    owners.owner.results[RESULT] = result(result="Splendid")
    ops = await owners.stage.client(Role.OPS)
    body = (await ops.get(f"{PREFLIGHT}/{kind}/{record_id}")).json()
    assert body["clean"] is False
    [found] = [one for one in body["findings"] if one["field"] == field]
    assert all(found[part] for part in ("code", "severity", "message", "fix"))
    assert "S1234567A" not in str(body)


async def test_what_was_sent_is_judged_as_a_change_of_it(desk: Desk) -> None:
    await desk.publish()
    place = await desk.enrol()
    await desk.work(4)
    ops = await desk.stage.client(Role.OPS)
    body = (await ops.get(f"{PREFLIGHT}/enrolment/{place}")).json()
    assert (body["remote_id"], body["waits_for"]) == (desk.remote_enrolments[0].reference, [])


async def test_an_owner_that_is_away_or_knows_nothing_is_told_as_such(owners: Desk) -> None:
    ops = await owners.stage.client(Role.OPS)
    unknown = await ops.get(f"{PREFLIGHT}/enrolment/{UUID(int=404)}")
    owners.owner.away = True
    away = await ops.get(f"{PREFLIGHT}/enrolment/{ENROLMENT}")
    assert (unknown.status_code, away.status_code, away.json()["code"]) == (404, 503, "owner_away")


async def test_who_may_not_see_submission_may_not_ask(owners: Desk) -> None:
    trainer = await owners.stage.client(Role.TRAINER)
    assert (await trainer.get(f"{PREFLIGHT}/enrolment/{ENROLMENT}")).status_code == 403
