"""Certificates: issued, asked about, revoked, printed; whose they are is asked of enrolment and kept nowhere."""

import asyncio
import re
import zlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from libs.access.permissions import Role
from libs.contracts.tpg_sync import RemoteIds, SyncState, SyncSucceeded
from libs.testing.stage import MakeStage
from services.assessment.api.printing import Sheet, printed
from services.assessment.errors import NameUnprintable
from services.assessment.main import assessment as service
from services.assessment.models.codes import ALPHABET, LENGTH, new_code, read_code, shown_code
from services.assessment.tests.builders import IDS, REFERENCE, TITLE, about
from services.assessment.tests.conftest import World, make_world, ok

NAME = "Synthetic Trainee Líng"
VERIFY = "/api/v1/assessments/certificates/verify/"


class FakeRoll:
    """Enrolment's internal roll, answering with one synthetic name for whoever is asked about."""

    def __init__(self) -> None:
        self.entries: list[UUID] = []
        self.status, self.asked = 200, 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        run_id = request.url.path.rsplit("/", 1)[1]
        entries = [
            {
                "enrolment_id": str(each),
                "trainee_id": str(IDS.new()),
                "status": "completed",
                "full_name": NAME,
                "id_masked": "S****567D",
            }
            for each in self.entries
        ]
        return httpx.Response(self.status, json={"run_id": run_id, "entries": entries})


@pytest.fixture
def roll() -> FakeRoll:
    return FakeRoll()


@pytest.fixture
async def printing(stage: MakeStage, roll: FakeRoll) -> World:
    """The world with an enrolment service beside it."""
    peer = httpx.AsyncClient(transport=httpx.MockTransport(roll), base_url="http://enrolment.test")
    return await make_world(await stage(service, peers={"enrolment": peer}))


async def certificate_of(world: World, enrolment_id: UUID) -> Any:
    found = await ok(world.ops.get("/api/v1/assessments/certificates", params={"enrolment_id": str(enrolment_id)}))
    return found["items"][0]


def lines_of(pdf: bytes) -> str:
    """Whatever the page draws, unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    pages = []
    for each in streams:
        try:
            pages.append(zlib.decompress(each))
        except zlib.error:
            continue
    return b"\n".join(pages).decode("latin-1")


# ------------------------------------------------------------------------------------------- codes


@given(st.binary(min_size=LENGTH - 1, max_size=LENGTH - 1))
def test_a_code_is_read_back_however_it_is_typed(drawn: bytes) -> None:
    code = new_code(lambda _: drawn)

    spoken = shown_code(code).lower().replace("0", "o").replace("1", "l")
    assert read_code(shown_code(code)) == read_code(f"  {spoken} ") == code


@given(st.binary(min_size=LENGTH - 1, max_size=LENGTH - 1), st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(drawn: bytes, place: int, sign: str) -> None:
    code = new_code(lambda _: drawn)
    wrong = code[:place] + sign + code[place + 1 :]

    assert (read_code(wrong) == code) is (wrong == code)


def test_codes_are_not_guessed() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000
    assert [read_code(typed) for typed in ("", "U" * 16, "0" * 15, "é" * 16)] == [None] * 4


# ------------------------------------------------------------------------------------------- issuing


async def test_who_passes_is_certified_by_itself_and_anybody_may_ask(world: World) -> None:
    final = await world.final()
    certificate = await certificate_of(world, UUID(final["enrolment_id"]))
    stranger = await world.stage.client()

    valid = await ok(stranger.get(VERIFY + certificate["code"]))
    await world.hear(about(final, SyncSucceeded, SyncState.SYNCED, remote=RemoteIds(record="ASM-2603-000001")))
    synced = await ok(world.ops.get(f"/api/v1/assessments/certificates/{certificate['id']}"))

    assert valid == {
        "standing": "valid",
        "course_reference": REFERENCE,
        "course_title": TITLE,
        "start_on": "2026-02-26",
        "end_on": "2026-02-27",
        "issued_on": "2026-03-02",
        "revoked_on": None,
    }
    assert (certificate["sync_states"], certificate["synced"], synced["synced"]) == (["pending"], False, True)


async def test_every_unknown_code_has_the_same_answer(world: World) -> None:
    stranger = await world.stage.client()

    answers = [
        await stranger.get(VERIFY + code) for code in (shown_code(new_code()), "nonsense", "0" * 16, "%F0%9F%98%80")
    ]

    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].json()["standing"] == "unknown"
    assert answers[0].headers["cache-control"] == "no-store"


async def test_voiding_a_result_revokes_its_certificate_and_passing_again_makes_a_new_one(world: World) -> None:
    final = await world.final()
    first = await certificate_of(world, UUID(final["enrolment_id"]))
    stranger = await world.stage.client()

    voided = await ok(world.act(final, "void", world.admin, reason="wrong paper"))
    revoked = await ok(stranger.get(VERIFY + first["code"]))
    await ok(world.act(await world.draft_again(voided, result="Pass"), "finalise"))
    second = await certificate_of(world, UUID(final["enrolment_id"]))

    assert (revoked["standing"], revoked["revoked_on"]) == ("revoked", "2026-03-02")
    assert second["code"] != first["code"]
    assert (await ok(stranger.get(VERIFY + second["code"])))["standing"] == "valid"


async def test_by_a_person_where_it_is_not_done_by_itself(world: World) -> None:
    final = await world.final(result="Fail")
    body = {"enrolment_id": final["enrolment_id"]}

    too_early = await world.ops.post("/api/v1/assessments/certificates", json=body)
    await ok(world.act(final, "amend", result="Pass", reason="counted wrongly"))
    twice = await world.ops.post("/api/v1/assessments/certificates", json=body)
    certificate = await certificate_of(world, UUID(final["enrolment_id"]))
    path = f"/api/v1/assessments/certificates/{certificate['id']}/revoke"
    match = {"If-Match": f'"{certificate["version"]}"'}
    blind = await world.ops.post(path, json={"reason": "misprinted"})
    revoked = await ok(world.ops.post(path, json={"reason": "misprinted"}, headers=match))
    again = await world.ops.post(path, json={"reason": "misprinted"}, headers={"If-Match": '"2"'})
    anew = await world.ops.post("/api/v1/assessments/certificates", json=body)
    by_assessor = await world.assessor.post("/api/v1/assessments/certificates", json=body)

    assert [each.json()["code"] for each in (too_early, twice, again)] == [
        "not_passed",
        "certificate_stands",
        "already_revoked",
    ]
    assert (blind.status_code, revoked["status"], anew.status_code, by_assessor.status_code) == (
        428,
        "revoked",
        201,
        403,
    )


async def test_assessors_see_the_certificates_of_their_runs_only(world: World) -> None:
    final = await world.final()
    other = await world.stage.client(Role.ASSESSOR, subject=IDS.new())
    certificate = await certificate_of(world, UUID(final["enrolment_id"]))
    path = "/api/v1/assessments/certificates"

    assert len((await ok(world.assessor.get(path)))["items"]) == 1
    assert (await ok(other.get(path)))["items"] == []
    assert (await other.get(f"{path}/{certificate['id']}")).status_code == 404


# ------------------------------------------------------------------------------------------- on paper


async def test_the_name_is_asked_for_when_it_is_printed_and_kept_nowhere(printing: World, roll: FakeRoll) -> None:
    final = await printing.final()
    certificate = await certificate_of(printing, UUID(final["enrolment_id"]))
    path = f"/api/v1/assessments/certificates/{certificate['id']}/pdf"

    unknown = await printing.ops.get(path)
    roll.entries = [UUID(final["enrolment_id"])]
    sheet = await printing.ops.get(path)
    roll.status = 503
    away = await printing.ops.get(path)
    by_auditor = await printing.auditor.get(path)

    assert (unknown.status_code, unknown.json()["code"]) == (409, "name_unknown")
    assert (sheet.headers["content-type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert (sheet.headers["cache-control"], away.status_code, by_auditor.status_code) == ("no-store", 503, 403)
    assert roll.asked == 3
    async with printing.stage.runtime.engine.connect() as connection:
        tables = (await connection.execute(text(TABLES))).scalars().all()
        kept = ""
        for table in tables:
            rows = await connection.execute(text(f'select t::text from assessment."{table}" t'))  # noqa: S608 - from the catalogue
            kept += "".join(rows.scalars())
    assert len(tables) > 10
    assert NAME not in kept


TABLES = "select table_name from information_schema.tables where table_schema = 'assessment'"


def sheet(**given: Any) -> Sheet:
    words: dict[str, Any] = {
        "certificate_id": UUID(int=7),
        "holder": NAME,
        "course_title": TITLE,
        "course_reference": REFERENCE,
        "start_on": date(2026, 2, 26),
        "end_on": date(2026, 2, 27),
        "issued_on": date(2026, 3, 2),
        "code": "7K3M-9QWX-2TVB-C4ZP",
        "provider": "Synthetic Provider",
        "verify_at": "http://provider.test/verify",
        "void": False,
        "printed_at": datetime(2026, 3, 1, 16, 30, tzinfo=UTC),
    }
    return Sheet(**{**words, **given})


def test_the_paper_shows_code_course_and_dates_and_one_page() -> None:
    pdf = printed(sheet())

    drawn = lines_of(pdf)
    assert pdf.count(b"/Type /Page\n") == 1
    for words in ("7K3M-9QWX-2TVB-C4ZP", REFERENCE, "held from 26 February 2026 to 27 February 2026"):
        assert words in drawn
    assert "printed 02 Mar 2026 00:30" in drawn
    assert "VOID" not in drawn


def test_a_revoked_one_says_void() -> None:
    drawn = lines_of(printed(sheet(void=True)))

    assert "(VOID)" in drawn
    assert "This certificate has been revoked." in drawn


def test_long_words_still_make_one_page() -> None:
    assert printed(sheet(holder="Synthetic " * 20, course_title="Wok " * 60)).count(b"/Type /Page\n") == 1


def test_a_name_that_cannot_be_set_is_refused_and_not_repeated() -> None:
    with pytest.raises(NameUnprintable) as refused:
        printed(sheet(holder="Synthetic \u6c34"))

    assert "\u6c34" not in refused.value.message


async def test_printing_holds_nobody_up() -> None:
    sheets = await asyncio.gather(*(asyncio.to_thread(printed, sheet(void=void)) for void in (True, False)))

    assert all(each.startswith(b"%PDF-") for each in sheets)
