"""Lists of enrolments and people at a million of each: pages under every filter, and the search for a person.

Asked over enrolment's own routes. A few thousand people are entered by its API, so that names open; every place is
theirs. The rest of the million people, whom no page shows, stand beside them for the search to pass over.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx
from rich.console import Console

from infra.bench.asking import Asked, Question, Still, Times, asked, show, take_times
from infra.bench.loading import Connection, id_of, indexes_aside, no_ceremony, settle
from infra.bench.throw_away import throw_away_postgres
from libs.access.permissions import Role
from libs.database.engine import plain_url
from libs.database.migrations import upgrade
from libs.sources import TimeOrderedIds
from libs.telemetry.context import Context, entered
from libs.testing.people import trainee_wish
from services.enrolment.main import enrolment

ENROLMENTS = int(os.environ.get("BENCH_ENROLMENTS", "1000000"))
PEOPLE, PLACES, EMPLOYERS = 2_000, 20, 400
ASKED = int(os.environ.get("BENCH_LIST_QUESTIONS", "100"))
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
TEACHER, RARE_TEACHER = UUID(int=77), UUID(int=78)
LAST: Final = 0xF << 124
"""Above every id that is made by time."""
RECORD: Final = {
    "version": "1",
    **dict.fromkeys(("created_at", "updated_at"), "$1::timestamptz"),
    **dict.fromkeys(("created_by", "updated_by"), "'system'"),
    "correlation_id": "gen_random_uuid()",
}


def run() -> bool:
    """Measure and tell; True when every question's 99th percentile is within the goal."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-lists-")))
        measured = asyncio.run(_measure(throw_away_postgres(stack, folder)))
    return show(f"{ENROLMENTS:,} enrolments and as many people, one connection", measured)


async def _measure(url: str) -> Mapping[str, Times]:
    began = time.monotonic()
    await upgrade(url, folder=enrolment.migrations, schema=enrolment.schema)
    async with asked(enrolment, url, role=Role.OPS, clock=Still(NOW)) as at:
        for number in range(PEOPLE):
            await _enter(at, number)
        connection = await asyncpg.connect(plain_url(url))
        try:
            await _fill(connection)
            await settle(connection)
        finally:
            await connection.close()
        Console().print(f"filled in {time.monotonic() - began:.0f} s")
        return await take_times(_questions(at), times=ASKED)


async def _enter(at: Asked, number: int) -> None:
    with entered(Context(correlation_id=TimeOrderedIds().new())):
        reply = await at.client.post("/api/v1/trainees", json=trainee_wish(number))
    if reply.status_code != httpx.codes.CREATED:
        raise RuntimeError(f"a person was not taken: {reply.text[:400]}")


def _id(number: str) -> str:
    """The n-th of what is made here: after all that was entered by the API, in the order of the numbers."""
    return f"('f' || substr({id_of(0, number)}::text, 2))::uuid"


async def _fill(connection: Connection) -> None:
    await no_ceremony(connection)
    runs = ENROLMENTS // PLACES
    await connection.execute(
        f"insert into enrolment.run select {_id('n')}, {_id('n % 300')}, 'TGS-2026000123', 'closed',"
        " d, d, d, d, d, '[]'"
        f" from generate_series(0, $1 - 1) n cross join lateral (select $2::date - (($1 - n) / 14)::int as d) at",
        *(runs, NOW.date()),
    )
    await connection.execute(
        f"insert into enrolment.run_account select {_id('n')}, $2 from generate_series(0, $1 - 1, 50) n", runs, TEACHER
    )
    await connection.execute(
        f"insert into enrolment.run_account select {_id('n')}, $1 from generate_series(100, 103) n", RARE_TEACHER
    )
    await _employers(connection)
    await _people(connection)
    await _enrolments(connection, runs)


async def _employers(connection: Connection) -> None:
    values = {"id": _id("n"), **RECORD, "uen": "'T' || n", "name": "'Synthetic ' || n"}
    values |= dict.fromkeys(("contact_name_sealed", "email_sealed", "phone_sealed"), "''::bytea")
    await connection.execute(_insert("employer", values, "generate_series(0, $2 - 1) n"), NOW, EMPLOYERS)


async def _people(connection: Connection) -> None:
    """Sealed with nothing, and never shown; found by nothing that is looked for here."""
    index = "sha256((n::text || '{}')::bytea)"
    values = {"id": _id("n"), **RECORD, "id_type": "'NRIC'", "id_number_last4": "lpad((n % 9999)::text, 4, '0')"}
    values |= dict.fromkeys(("id_number_sealed", "full_name_sealed", "born_on_sealed"), index.format("sealed"))
    values |= {name: index.format(name) for name in ("id_number_index", "full_name_index", "person_index")}
    values |= {name: index.format(name) for name in ("email_index", "phone_index")}
    values |= {"birth_precision": "'day'", "survey_language": "'EL'"}
    async with indexes_aside(connection, "enrolment.trainee"):
        sentence = _insert("trainee", values, "generate_series(0, $2 - 1) n")
        await connection.execute(sentence, NOW, ENROLMENTS - PEOPLE)


async def _enrolments(connection: Connection, runs: int) -> None:
    """Older ones first; nearly all over, few of anything that wants attention, as in a provider's tenth year."""
    await connection.execute(
        "create temporary table someone as select id, row_number() over (order by id) - 1 as number"
        " from enrolment.trainee where created_by <> 'system'"
    )
    await connection.execute("create unique index on someone (number)")
    late = "n > $2 - 3000"
    status = f"""case when {late} then case n % 20 when 0 then 'draft' when 1 then 'cancelled' else 'confirmed' end
        else case n % 25 when 0 then 'cancelled' when 1 then 'withdrawn' else 'completed' end end"""
    owned = "n % 3 = 0"
    values = {
        "id": _id("n"),
        **RECORD,
        "run_id": _id(f"n / {PLACES}"),
        "trainee_id": "someone.id",
        "status": status,
        "sponsorship": f"case when {owned} then 'EMPLOYER' else 'INDIVIDUAL' end",
        "employer_id": f"case when {owned} then {_id(f'n % {EMPLOYERS}')} end",
        "enrolled_on": f"$3::date - (({runs} - n / {PLACES}) / 14)::int",
        **dict.fromkeys(("full_fee_cents",), "30000"),
        **dict.fromkeys(("nett_fee_cents",), "9000"),
        "discount_cents": "0",
        "balance_cents": "case when n % 100 = 1 then 4500 when n % 25 = 0 then (n % 50 = 0)::int * 9000 else 9000 end",
        "fee_status": "case when n % 100 = 1 then 'partial' when n % 25 = 0 then 'cancelled' else 'full' end",
        **dict.fromkeys(("fee_revision", "revision", "policy_version", "remote_since"), "1"),
        "fee_sync_state": "'synced'",
        "sync_state": f"case when n % 5000 = 7 then 'rejected' when {late} and n % 7 = 0 then 'pending'"
        " else 'synced' end",
        **dict.fromkeys(("fee_sync_hints", "sync_hints", "funding_causes"), "'[]'::jsonb"),
        "remote_id": "'ENR-2026-' || n",
        **dict.fromkeys(("submitted_at", "seated_from", "accepted_at"), "$1::timestamptz"),
        "fundable": "n % 50 <> 3",
    }
    async with indexes_aside(connection, "enrolment.enrolment"):
        source = f"generate_series(0, $2 - 1) n join someone on someone.number = n * 7919::bigint % {PEOPLE}"
        await connection.execute(_insert("enrolment", values, source), NOW, ENROLMENTS, NOW.date())


def _insert(table: str, values: Mapping[str, str], source: str) -> str:
    return f"insert into enrolment.{table} ({', '.join(values)}) select {', '.join(values.values())} from {source}"


def _questions(at: Asked) -> Mapping[str, Question]:
    path, middle = "/api/v1/enrolments", ENROLMENTS // PLACES // 2
    person = trainee_wish(17)
    days = {"from_on": date(2021, 3, 1).isoformat(), "to_on": date(2021, 3, 31).isoformat()}
    filters: dict[str, dict[str, Any]] = {
        "newest": {},
        "of a run": {"run_id": str(UUID(int=LAST + middle))},
        "of an employer": {"employer_id": str(UUID(int=LAST + 30))},
        "confirmed": {"status": "confirmed"},
        "drafts": {"status": "draft"},
        "several states": {"status": ["withdrawn", "cancelled"]},
        "refused by TPGateway": {"sync_state": "rejected"},
        "fee in part": {"fee_status": "partial"},
        "in part and withdrawn": {"fee_status": "partial", "status": "withdrawn"},
        "grant lost": {"fundable": "false"},
        "grant lost, of an employer": {"fundable": "false", "employer_id": str(UUID(int=LAST + 3))},
        "refund due": {"refund_due": "true"},
        "enrolled in a month long past": days,
        "in that month, by an employer": {**days, "employer_id": str(UUID(int=LAST + 30))},
        "in that month, refused": {**days, "sync_state": "rejected"},
        "by TPGateway's reference": {"remote_id": "ENR-2026-777"},
    }
    return {
        **{f"enrolments: {name}": at.get(path, **query) for name, query in filters.items()},
        "enrolments: of my many runs": at.get_as(Role.TRAINER, TEACHER, path),
        "enrolments: of my few old runs": at.get_as(Role.TRAINER, RARE_TEACHER, path),
        "people: in the order entered": at.get("/api/v1/trainees"),
        "people: of a run": at.get("/api/v1/trainees", run_id=str(UUID(int=LAST + middle))),
        "people: by name": at.post("/api/v1/trainees/search", full_name=person["full_name"]),
        "people: by e-mail": at.post("/api/v1/trainees/search", email=person["email"]),
        "people: by number": at.post("/api/v1/trainees/search", id_number=person["id_number"]),
    }
