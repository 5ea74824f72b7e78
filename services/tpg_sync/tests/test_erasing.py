"""A person whose submissions were brought to TPGateway is erased here too, and nothing brings them back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from libs.access.permissions import Role
from libs.contracts.enrolment import EnrolmentFeeChanged, TraineeErased
from libs.contracts.tpg_sync import RecordType
from libs.privacy.vault import Erased
from libs.testing.residue import residue, sealed_with_own_keys
from services.tpg_sync.commands.erasing import OF_ERASED
from services.tpg_sync.engine import payload
from services.tpg_sync.engine.reconciling.concluding import PERSON
from services.tpg_sync.engine.resealing import seal_all_anew
from services.tpg_sync.models import Discrepancy, JobState, Presence, SyncJob
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import ENROLMENT, MARK, PEOPLE, RESULT, enrolment, mark, result, trainee

GONE, STAYS = 0, 1
KINDS = (RecordType.ENROLMENT, RecordType.FEE, RecordType.ATTENDANCE, RecordType.ASSESSMENT)


def event(number: int = GONE) -> TraineeErased:
    place = UUID(int=ENROLMENT.int + number)
    key = trainee(number).trainee_id
    return TraineeErased(
        trainee_id=key, revision=2, enrolment_ids=(place,), policy_version=1, reason="its time is over"
    )


async def a_past(desk: Desk) -> UUID:
    """Two people with places, fees, marks and results, all of it acknowledged and read back."""
    run_id = await desk.publish()
    for number in (GONE, STAYS):
        await desk.enrol(enrolment(number))
    await desk.work(4)
    for number in (GONE, STAYS):
        await desk.change_enrolment(
            UUID(int=ENROLMENT.int + number), EnrolmentFeeChanged, grows="fee_revision", fee_status="full"
        )
    desk.advance(timedelta(days=22))
    for number in (GONE, STAYS):
        await desk.attend(mark(number))
        await desk.assess(result(number))
    await desk.work(8)
    assert {job.state for job in await desk.jobs()} <= {JobState.SUCCEEDED, JobState.SUPERSEDED}
    desk.advance(timedelta(hours=1))
    await reconcile(desk, run_id)
    return run_id


def needles(desk: Desk, number: int = GONE) -> list[str | bytes]:
    person, vault = trainee(number), desk.stage.runtime.vault
    index = vault.blind_index(person.id_number, purpose=PERSON)
    return [person.full_name, person.id_number, person.email, index, index.hex()[:16]]


def url_of(desk: Desk) -> str:
    return str(desk.stage.runtime.settings.database_url.get_secret_value())


def forget_at_owner(desk: Desk, number: int = GONE) -> None:
    """Enrolment and assessment answer as they do of somebody who is erased."""
    desk.owner.erased |= {UUID(int=each.int + number) for each in (ENROLMENT, RESULT)}


async def erase(desk: Desk) -> None:
    await desk.hear(event())
    forget_at_owner(desk)


async def present(desk: Desk) -> set[bytes]:
    async with desk.stage.units.reading() as uow:
        return {bytes(person) for person in (await uow.session.execute(select(col(Presence.person)))).scalars()}


def person_of(desk: Desk, number: int) -> bytes:
    return desk.stage.runtime.vault.blind_index(PEOPLE[number], purpose=PERSON)


async def test_nothing_here_opens_or_matches_any_more(desk: Desk) -> None:
    await a_past(desk)
    mine = trainee(GONE).trainee_id.bytes
    copies = [(where, value) for where, value in await sealed_with_own_keys(url_of(desk)) if value[1:17] == mine]
    digests = await _digests(desk)
    assert {where.rpartition(".")[2] for where, _ in copies} == {"payload_enc", "acked_enc"}
    assert person_of(desk, GONE) in await present(desk)

    await desk.hear(event())

    assert await residue(url_of(desk), [*needles(desk), *digests]) == []
    async with desk.stage.units.reading() as uow:
        people = payload.people_of(desk.stage.runtime.vault, uow)
        await people.hold_for(value for _, value in copies)
        for _, value in copies:
            with pytest.raises(Erased):
                payload.unseal(people, value, ENROLMENT)
    assert await present(desk) == {person_of(desk, STAYS)}
    stays = await desk.record(UUID(int=ENROLMENT.int + STAYS), RecordType.ENROLMENT)
    assert stays.acked_enc is not None
    assert (await desk.told())[-1] == "trainee_copies.erased"


async def _digests(desk: Desk) -> list[bytes]:
    """Of what was sent and acknowledged of the person."""
    found = [job.payload_hash for job in await desk.jobs() if job.record_id in {ENROLMENT, MARK, RESULT}]
    found += [(await desk.record(one, kind)).acked_hash for one, kind in _records()]
    sent: dict[bool, set[bytes | None]] = {True: set(), False: set()}  # some calls say the same of everybody
    jobs = {job.id: job.record_id in {ENROLMENT, MARK, RESULT} for job in await desk.jobs()}
    for attempt in await desk.attempts():
        sent[jobs[attempt.job_id]].add(attempt.request_sha256)
    found += sent[True] - sent[False]
    digests = [bytes(each) for each in found if each is not None]
    assert digests
    return digests


def _records() -> list[tuple[UUID, RecordType]]:
    return [
        (ENROLMENT, RecordType.ENROLMENT),
        (ENROLMENT, RecordType.FEE),
        (MARK, RecordType.ATTENDANCE),
        (RESULT, RecordType.ASSESSMENT),
    ]


@pytest.fixture
async def portal(gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{gateway_url}/_control/portal/") as client:
        yield client


async def move(portal: httpx.AsyncClient, desk: Desk, *numbers: int) -> None:
    """Somebody changes these people's addresses in the portal."""
    for number in numbers:
        record = await desk.record(UUID(int=ENROLMENT.int + number), RecordType.ENROLMENT)
        answer = await portal.patch(
            f"enrolments/{record.remote_id}", json={"set": {"trainee.email": "moved@example.com"}}
        )
        assert answer.status_code == 200, answer.text


async def test_timelines_and_lists_still_answer(desk: Desk) -> None:
    await a_past(desk)
    ops = await desk.stage.client(Role.OPS)
    paths = [f"/api/v1/sync/records/{kind.value}/{one}" for one, kind in _records()]
    before = [await _timeline(ops, path) for path in paths]
    await erase(desk)

    after = [await _timeline(ops, path) for path in paths]
    jobs = await ops.get("/api/v1/sync/jobs")
    preflight = await ops.get(f"/api/v1/sync/preflight/enrolment/{ENROLMENT}")

    assert after == before
    assert all(before)
    assert jobs.status_code == 200
    assert (preflight.status_code, preflight.json()["code"]) == (410, "erased")


async def _timeline(client: httpx.AsyncClient, path: str) -> list[Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [(job["kind"], job["state"], job["finished_at"]) for job in answer.json()["jobs"]]


async def test_a_run_is_compared_as_before_and_the_person_does_not_come_back(
    desk: Desk, portal: httpx.AsyncClient
) -> None:
    run_id = await a_past(desk)
    await erase(desk)
    await move(portal, desk, STAYS)

    await reconcile(desk, run_id)

    assert [row.code.value for row in await unresolved(desk)] == ["ENR-05"]
    assert await residue(url_of(desk), needles(desk)) == []
    assert await present(desk) == {person_of(desk, STAYS)}
    assert await desk.states(record_type=RecordType.RUN) == [
        ("run.publish", "succeeded"),
        ("run.sessions", "succeeded"),
    ]


async def test_a_stranger_on_the_run_is_still_found(desk: Desk) -> None:
    run_id = await a_past(desk)
    await erase(desk)
    await desk.forget_names(RecordType.ENROLMENT)  # as if the other one's place had been made by somebody else
    async with desk.stage.units.begin() as uow:
        name = "select remote_ref from tpg_sync.sync_job where record_id = :one and remote_ref is not null limit 1"
        remote = (await uow.session.execute(text(name), {"one": ENROLMENT})).scalar_one()
        back = (
            "update tpg_sync.sync_record set remote_id = :remote where record_id = :one and record_type = 'enrolment'"
        )
        await uow.session.execute(text(back), {"remote": remote, "one": ENROLMENT})
    desk.advance(timedelta(hours=1))

    await reconcile(desk, run_id)

    assert "ENR-02" in {row.code.value for row in await unresolved(desk)}
    assert await residue(url_of(desk), needles(desk)) == []


async def test_what_was_found_about_them_keeps_no_digest(desk: Desk, portal: httpx.AsyncClient) -> None:
    run_id = await a_past(desk)
    await move(portal, desk, GONE, STAYS)
    await reconcile(desk, run_id)
    before = [(row.enrolment_id, row.theirs_digest) for row in await unresolved(desk)]

    await erase(desk)

    async with desk.stage.units.reading() as uow:
        rows = (await uow.session.execute(select(Discrepancy))).scalars().all()
    kept = {row.enrolment_id: (row.ours_digest, row.acked_digest, row.theirs_digest) for row in rows}
    assert all(digest for _, digest in before)
    assert kept[ENROLMENT] == ("", "", "")
    assert all(kept[UUID(int=ENROLMENT.int + STAYS)])


async def test_a_job_that_comes_late_is_refused_and_sends_nothing(desk: Desk) -> None:
    await a_past(desk)
    await erase(desk)
    calls = len(await desk.attempts())

    await desk.change_mark(MARK, state="absent")
    await desk.work(3)

    last = await desk.last(MARK, RecordType.ATTENDANCE)
    assert (last.state, last.error_code) == (JobState.REJECTED, "record_erased")
    assert len(await desk.attempts()) == calls


async def test_a_call_whose_end_is_not_known_ends_with_the_person(desk: Desk) -> None:
    await desk.publish()
    await desk.work(3)
    desk.outage()
    await desk.enrol(enrolment(GONE))
    await desk.work(1)
    async with desk.stage.units.begin() as uow:
        job = await uow.session.get(SyncJob, (await desk.last(ENROLMENT, RecordType.ENROLMENT)).id)
        assert job is not None
        people = payload.people_of(desk.stage.runtime.vault, uow)
        await payload.hold_for(people, [enrolment(GONE)])
        job.payload_enc = payload.seal(people, enrolment(GONE), ENROLMENT)
        job.state, job.sent_at, job.repeatable = JobState.VERIFYING, uow.now(), False
        job.not_before = uow.now()

    desk.outage(on=False)
    await erase(desk)
    await desk.work(3)

    last = await desk.last(ENROLMENT, RecordType.ENROLMENT)
    assert (last.state, last.error_code) == (JobState.REJECTED, "record_erased")
    assert desk.remote_enrolments == []


async def test_hearing_it_twice_changes_nothing_more(desk: Desk) -> None:
    await a_past(desk)
    await desk.hear(event())
    record = await desk.record(ENROLMENT, RecordType.ENROLMENT)

    await desk.hear(event())

    assert (await desk.record(ENROLMENT, RecordType.ENROLMENT)) == record
    assert record.acked_hash == OF_ERASED
    assert record.acked_revision is not None


async def test_a_worker_that_dies_in_the_middle_has_done_nothing_and_the_next_does_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(desk)

    async def die(*_: object) -> None:
        raise ConnectionError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr("services.tpg_sync.commands.erasing.forget_kept_answers", die)
        with pytest.raises(ConnectionError):
            await desk.hear(event())
    kept = await desk.record(ENROLMENT, RecordType.ENROLMENT)
    await desk.hear(event())

    assert kept.acked_enc is not None
    assert await residue(url_of(desk), needles(desk)) == []
    assert (await desk.told()).count("trainee_copies.erased") == 1


async def test_what_is_still_owed_is_told_to_enrolment(desk: Desk, portal: httpx.AsyncClient) -> None:
    await a_past(desk)
    teller = await desk.stage.client(Role.SERVICE, scopes=("submissions:read",))

    async def dues(number: int = GONE) -> dict[str, Any]:
        wish = {"enrolment_ids": [str(UUID(int=ENROLMENT.int + number))], "run_ids": [str(UUID(int=1))]}
        answer = await teller.post("/internal/v1/dues", json=wish)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    before = await dues()
    await desk.change_mark(MARK, state="absent")
    await move(portal, desk, GONE)
    mine, other = await dues(), await dues(STAYS)

    assert (before["open_jobs"], mine["open_jobs"], other["open_jobs"]) == (0, 1, 0)
    await desk.work(2)
    await reconcile(desk, UUID(int=1))
    after = await dues()
    assert (after["open_jobs"], after["open_discrepancies"] > 0) in {(0, True), (1, True)}


async def test_what_the_keyring_sealed_before_gets_people_s_own_keys(desk: Desk) -> None:
    await a_past(desk)
    await _seal_as_before(desk)
    assert [where for where, _ in await sealed_with_own_keys(url_of(desk))] == []

    sealed = await seal_all_anew(desk.stage.runtime)
    again = await seal_all_anew(desk.stage.runtime)
    await reconcile(desk, UUID(int=1))

    assert sealed > len(KINDS)
    assert again == 0
    assert await unresolved(desk) == []
    async with desk.stage.units.reading() as uow:
        old = "select count(*) from tpg_sync.sync_job where record_type <> 'run' and get_byte(payload_enc, 0) = 1"
        assert (await uow.session.execute(text(old))).scalar_one() == 0
        assert (await uow.session.execute(select(func.count()).select_from(SyncJob))).scalar_one() > 0


async def _seal_as_before(desk: Desk) -> None:
    """Everything about people sealed with the keyring, and no key of anybody's."""
    vault = desk.stage.runtime.vault
    async with desk.stage.units.begin() as uow:
        people = payload.people_of(vault, uow)
        for table, key, column in (("sync_job", "id", "payload_enc"), ("sync_record", "record_id", "acked_enc")):
            rows = await uow.session.execute(
                text(f"select record_type, {key}, record_id, {column} from tpg_sync.{table} where {column} is not null")  # noqa: S608 - the list above
            )
            found = rows.all()
            await people.hold_for(bytes(row[3]) for row in found)
            for kind, one, record_id, sealed in found:
                plain = payload.unseal(people, bytes(sealed), record_id)
                old = vault.seal(plain, purpose=payload.PURPOSE, subject=record_id)
                await uow.session.execute(
                    text(f"update tpg_sync.{table} set {column} = :old where {key} = :one and record_type = :kind"),  # noqa: S608 - the list above
                    {"old": old, "one": one, "kind": kind},
                )
        await uow.session.execute(text("alter table tpg_sync.data_key disable trigger all"))
        await uow.session.execute(text("delete from tpg_sync.data_key"))
        await uow.session.execute(text("alter table tpg_sync.data_key enable trigger all"))
