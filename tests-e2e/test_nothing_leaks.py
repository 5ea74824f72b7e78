"""The canary: secrets and personal data planted through every door appear in no log, span, event, metric or answer."""

import asyncio
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from infra.local.environment import admin_database_url, email_of
from libs.database.engine import plain_url
from libs.testing.people import nric, trainee_wish

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

NRIC = "S7654321F"
"""Synthetic; the shape is what matters."""
PASSWORD = "canary-password-4f1d9c"
SECRET = "canary-secret-77ab02"
EMAIL = "canary.person@leak.example"
TRAINEE, TRAINEE_NAME, TRAINEE_PHONE = nric(904), "Canary Trainee Zq (synthetic)", "90400904"
COLUMNS = """
select c.table_schema, c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where t.table_type = 'BASE TABLE' and c.table_schema = any($1)
    and c.data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')
"""


@pytest.fixture(scope="module")
def canaries(system: Any) -> dict[str, str]:
    """Plant them, rightly and wrongly, and answer what must never be found."""
    ops = system.signed_in("ops")
    token = ops.sign_in(email_of("ops"), system.secrets.people["ops"])
    raw = system.clients.enter_context(httpx.Client(base_url=f"{system.gateway}/api/v1", timeout=20))
    as_ops = {"Authorization": f"Bearer {token}"}
    trainer = {
        "name": "Canary Person (synthetic)", "email": EMAIL, "id_type": "SP", "id_number": NRIC, "roles": [1],
        "salutation": 1, "domain_area_of_practice": "leaks",
    }  # fmt: skip
    words = {"tracestate": f"vendor={NRIC}", "baggage": f"who={NRIC}", "User-Agent": f"{NRIC} {SECRET}"}
    traced = {**as_ops, **words, "traceparent": f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01"}
    answers = [
        raw.post("/trainers", json=trainer, headers=traced),
        raw.post("/trainers", json=trainer, headers={**traced, "X-Correlation-Id": NRIC, "traceparent": NRIC}),
        raw.post("/trainers", json={**trainer, "id_number": NRIC, "surprise": NRIC}, headers=as_ops),
        raw.post("/trainers", json={**trainer, "email": f"{NRIC} not an address"}, headers=as_ops),
        raw.get(f"/trainers/{NRIC}", headers=as_ops),
        raw.get("/trainers", params={"cursor": NRIC}, headers=as_ops),
        raw.get("/course-runs", params={"text": NRIC, "nric": NRIC}, headers=as_ops),
        raw.post("/course-runs", content=f'{{"admin_email": "{NRIC}"', headers=as_ops),
        raw.post("/auth/token", data={"grant_type": "password", "username": EMAIL, "password": PASSWORD}),
        raw.post("/auth/token", data={"grant_type": "password", "username": PASSWORD, "password": PASSWORD}),
        raw.post(
            "/auth/token",
            data={"grant_type": "client_credentials", "client_id": str(uuid.uuid4()), "client_secret": SECRET},
        ),
        raw.get("/auth/me", headers={"Authorization": f"Bearer {token}x"}),
        raw.get(f"/{SECRET}/{NRIC}"),
    ]
    person = trainee_wish(904, full_name=TRAINEE_NAME, phone={"number": TRAINEE_PHONE})
    entered = raw.post("/trainees", json=person, headers=traced)
    assert entered.status_code == 201, entered.text
    raw.post("/trainees", json=person, headers=as_ops)
    raw.post("/trainees", json={**person, "full_name": TRAINEE_NAME * 9}, headers=as_ops)
    raw.get(f"/trainees/{TRAINEE}", headers=as_ops)
    raw.post("/trainees/search", json={"id_type": "NRIC", "id_number": TRAINEE}, headers=as_ops)
    raw.post(f"/trainees/{entered.json()['id']}/reveal", json={"reason": "a canary sings"}, headers=as_ops)
    for answer in answers[1:]:
        assert NRIC not in answer.text
        assert PASSWORD not in answer.text
        assert SECRET not in answer.text
    assert answers[0].status_code == 201, answers[0].text
    named = {"trainee": TRAINEE, "trainee's name": TRAINEE_NAME, "trainee's phone": TRAINEE_PHONE}
    return {"nric": NRIC, "password": PASSWORD, "secret": SECRET, "email": EMAIL, "token": token, **named}


def files_below(folder: Path) -> Iterator[Path]:
    for pattern in ("logs/*", "telemetry/*", "servers/*.log", "supervisord*"):
        yield from (path for path in folder.glob(pattern) if path.is_file())


def found_in(text: str, canaries: dict[str, str]) -> list[str]:
    return [name for name, value in canaries.items() if value in text]


def test_the_search_finds_what_is_there(tmp_path: Path, canaries: dict[str, str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/scratch.log").write_text(f"oops {NRIC} and {SECRET}")
    texts = [path.read_text() for path in files_below(tmp_path)]
    assert sorted(name for text in texts for name in found_in(text, canaries)) == ["nric", "secret"]


def test_no_file_of_the_running_system_holds_one(system: Any, run_folder: Path, canaries: dict[str, str]) -> None:
    assert system.logs.is_relative_to(run_folder)
    looked_at = list(files_below(run_folder))
    assert len(looked_at) >= 8
    leaks = {path.name: found_in(path.read_text(errors="replace"), canaries) for path in looked_at}
    assert {name: found for name, found in leaks.items() if found} == {}


def test_no_span_that_was_sent_holds_one(system: Any, canaries: dict[str, str]) -> None:
    """Each process sends in order: when what was asked last is collected, so is what came before."""
    ops = system.signed_in("ops")
    mark = str(ops.correlation_id)
    for path in ("/auth/me", "/trainers", "/course-runs", "/trainees"):
        ops.get(path)
    asked, deadline = {"gateway", "auth", "course", "enrolment"}, time.monotonic() + 30
    while not asked <= {span.service for span in system.collector.of_correlation(mark)}:
        assert time.monotonic() < deadline, "the last spans never came"
        time.sleep(0.2)
    spans = system.collector.everything()
    assert "POST /api/v1/trainees" in {span.name for span in spans}
    assert [span for span in spans if found_in(str(span), canaries)] == []


def test_no_column_of_any_table_holds_one_in_the_clear(system: Any, canaries: dict[str, str]) -> None:
    """Sealed columns hold ciphertext; events, audit entries, jobs and idempotency answers hold nothing of it."""

    async def leaks() -> dict[str, list[str]]:
        connection = await asyncpg.connect(plain_url(admin_database_url(system.layout, system.secrets)))
        found: dict[str, list[str]] = {}
        try:
            for schema, table, column in await connection.fetch(COLUMNS, system.layout.services()):
                rows = await connection.fetch(f'select "{column}"::text as v from "{schema}"."{table}" limit 20000')
                text = "\n".join(str(row["v"]) for row in rows)
                hexed = {name: value.encode().hex() for name, value in canaries.items()}
                seen = found_in(text, canaries) + found_in(text, hexed)
                if seen:
                    found[f"{schema}.{table}.{column}"] = seen
        finally:
            await connection.close()
        return found

    assert asyncio.run(leaks()) == {}


def test_no_metric_names_one(system: Any, canaries: dict[str, str]) -> None:
    for name in [*system.layout.services(), "gateway"]:
        text = httpx.get(f"http://127.0.0.1:{system.layout.port(name)}/metrics", timeout=10).text
        assert found_in(text, canaries) == [], name
        assert re.search(r"tms_", text)


def test_the_trainers_number_is_masked_in_lists(system: Any, canaries: dict[str, str]) -> None:
    listed = system.signed_in("ops").get("/trainers", limit=200)
    assert NRIC not in str(listed)
    assert f"S****{NRIC[-4:]}" in str(listed)
