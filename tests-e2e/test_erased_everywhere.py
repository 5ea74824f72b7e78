"""One person's life through enrolment, attendance, assessment and tpg-sync, and their end in all of them at once.

The services are the real ones, each with its own database, and TPGateway is the simulator; only the broker is played by
the test, which carries every event to everybody who hears it. Course is a voice from off the stage.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from infra.audit_verifier import verify as verifier
from libs.access.permissions import Role
from libs.contracts.catalogue import all_events
from libs.contracts.course import CourseCreated, CourseFact, RunEnded, RunFact, RunPublished, RunStatus, SessionStatus
from libs.contracts.envelope import Envelope, seal
from libs.contracts.event import Event
from libs.contracts.submissions import AssessmentSubmission, AttendanceSubmission, EnrolmentSubmission
from libs.testing.people import nric, trainee_wish
from libs.testing.residue import residue, sealed_with_own_keys
from libs.testing.stage import MakeStage, Stage
from services.assessment.main import assessment
from services.attendance.handlers import tend_one_sheet
from services.attendance.main import attendance
from services.audit.commands.entries import append_entry
from services.audit.main import audit
from services.enrolment.main import enrolment
from services.tpg_sync.tests.conftest import clock, desk, gateway, gateway_url, knobs  # noqa: F401 - fixtures
from services.tpg_sync.tests.desk import Desk, fact_of
from services.tpg_sync.tests.reconciling import reconcile, unresolved
from services.tpg_sync.tests.samples import COURSE, run

PERSON, FRIEND = trainee_wish(41), trainee_wish(42)
SCORE = 87
OK = range(200, 300)
WHY = {"reason": "retention is over"}
TIME_OVER = datetime(2031, 3, 24, 16, 0, tzinfo=UTC)  # the run ends on 24 March 2026; it is 25 March 2031 in Singapore


async def ok(asking: Any) -> Any:
    answer = await asking
    assert answer.status_code in OK, answer.text
    return answer.json()


@dataclass(slots=True)
class Town:
    """All services, and the post between them."""

    desk: Desk
    stages: dict[str, Stage]
    heard: set[UUID] = field(default_factory=set)
    off_stage: int = 0

    async def carry(self) -> None:
        """Every event told so far, to everybody who hears it and to audit, until nobody has anything new to tell."""
        while fresh := [one for name in self.stages for one in await self._untold(name)]:
            for envelope in fresh:
                self.heard.add(envelope.id)
                event = all_events()[f"{envelope.event_type}.v1"].model_validate(envelope.data)
                await self._deliver(event)
                await self._record(envelope)

    async def _untold(self, name: str) -> list[Envelope]:
        return [one for one in await self.stages[name].told() if one.id not in self.heard]

    async def _deliver(self, event: Event) -> None:
        for name, stage in self.stages.items():
            known = stage.service.handlers
            if name != "audit" and known is not None and event.routing_key() in known.by_routing_key:
                _, handle = known.by_routing_key[event.routing_key()]
                async with stage.units.begin() as uow:
                    await handle(event, uow)

    async def _record(self, envelope: Envelope) -> None:
        async with self.stages["audit"].units.begin() as uow:
            await append_entry(uow, envelope, envelope.to_bytes())

    async def course_says(self, event: Event) -> None:
        self.off_stage += 1
        await self._deliver(event)
        await self._record(
            seal(
                event,
                service="course",
                event_id=uuid4(),
                sequence=self.off_stage,
                at=self.desk.stage.clock.now(),
                correlation_id=uuid4(),
                causation_id=None,
                actor_id="system",
                actor_role="system",
                traceparent=None,
            )
        )
        await self.carry()

    async def client(self, service: str, role: Role, **given: Any) -> httpx.AsyncClient:
        return await self.stages[service].client(role, **given)

    async def claims(self) -> None:
        """What the owners would hand to tpg-sync now."""
        scopes = ("submissions:read",)
        for service, kind, model, into in (
            ("enrolment", "enrolment", EnrolmentSubmission, self.desk.owner.enrolments),
            ("attendance", "attendance", AttendanceSubmission, self.desk.owner.marks),
            ("assessment", "assessment", AssessmentSubmission, self.desk.owner.results),
        ):
            teller = await self.client(service, Role.SERVICE, scopes=scopes)
            for record_id in await self._told_of(service, kind):
                answer = await teller.get(f"/internal/v1/submissions/{kind}/{record_id}")
                if answer.status_code == httpx.codes.GONE:
                    self.desk.owner.erased.add(record_id)
                elif answer.status_code == httpx.codes.OK:
                    into[record_id] = model.model_validate_json(answer.content)  # type: ignore[index]

    async def _told_of(self, service: str, kind: str) -> set[UUID]:
        return {one.aggid for one in await self.stages[service].told() if one.aggtype == kind}

    async def submit(self) -> None:
        """Let tpg-sync bring what is owed to TPGateway, and everybody hear of it."""
        await self.carry()
        await self.claims()
        await self.desk.work(8)
        await self.carry()

    async def holds(self, needles: list[str | bytes]) -> dict[str, list[str]]:
        found = {name: await residue(_url(stage), needles) for name, stage in self.stages.items()}
        return {name: each for name, each in found.items() if each}


def _url(stage: Stage) -> str:
    return str(stage.runtime.settings.database_url.get_secret_value())


@pytest.fixture
async def town(stage: MakeStage, desk: Desk) -> Town:  # noqa: F811 - the fixture
    shared = {"clock": desk.stage.clock}
    teller = await desk.stage.client(Role.SERVICE, scopes=("submissions:read",))
    enrols = await stage(enrolment, peers={"tpg-sync": teller}, **shared)
    rolls = await enrols.client(Role.SERVICE, scopes=("submissions:read",))
    stages = {
        "enrolment": enrols,
        "attendance": await stage(attendance, peers={"enrolment": rolls}, **shared),
        "assessment": await stage(assessment, peers={"enrolment": rolls}, **shared),
        "tpg_sync": desk.stage,
        "audit": await stage(audit, **shared),
    }
    return Town(desk, stages)


async def a_training(town: Town) -> tuple[RunFact, dict[str, Any]]:
    """Two people are enrolled, pay, attend, pass, and all of it is acknowledged; the run is over."""
    submission = run()
    fact = fact_of(submission)
    course = CourseFact(reference=COURSE, funded=False, min_attendance_pct=75, active=True, revision=1)
    town.desk.owner.runs[submission.run_id] = submission
    await town.course_says(CourseCreated(course_id=fact.course_id, course=course))
    await town.course_says(RunPublished(run_id=submission.run_id, run=fact))
    people = [await _enrolled(town, submission.run_id, person) for person in (PERSON, FRIEND)]
    await town.submit()
    await _taught(town, fact, submission.run_id, people)
    await town.submit()
    ended = _held(fact, RunStatus.ENDED)
    await town.course_says(RunEnded(run_id=submission.run_id, run=ended))
    await town.submit()
    return ended, people[0]


async def _enrolled(town: Town, run_id: UUID, person: dict[str, Any]) -> dict[str, Any]:
    ops = await town.client("enrolment", Role.OPS)
    trainee = await ok(ops.post("/api/v1/trainees", json=person))
    body = {"run_id": str(run_id), "trainee_id": trainee["id"], "sponsorship": "INDIVIDUAL", "full_fee": "300.00"}
    place = await ok(ops.post("/api/v1/enrolments", json=body))
    for action, wish in (("confirm", None), ("fee", {"amount": "300.00"})):
        headers = {"If-Match": f'"{place["version"]}"'}
        place = await ok(ops.post(f"/api/v1/enrolments/{place['id']}/{action}", json=wish, headers=headers))
    await town.carry()
    return {"trainee": trainee, "place": place}


def _held(fact: RunFact, status: RunStatus) -> RunFact:
    sessions = tuple(one.model_copy(update={"status": SessionStatus.HELD}) for one in fact.sessions)
    return fact.model_copy(update={"status": status, "sessions": sessions})


async def _taught(town: Town, fact: RunFact, run_id: UUID, people: list[dict[str, Any]]) -> None:
    town.desk.advance(fact.sessions[-1].end_at + timedelta(minutes=5) - town.desk.stage.clock.now())
    await town.course_says(RunPublished(run_id=run_id, run=_held(fact, RunStatus.IN_PROGRESS)))
    while await tend_one_sheet(town.stages["attendance"].runtime):
        pass
    marker, assessor = await town.client("attendance", Role.ADMIN), await town.client("assessment", Role.ADMIN)
    lines = [{"enrolment_id": each["place"]["id"], "state": "present"} for each in people]
    for session in fact.sessions:
        await ok(marker.post("/api/v1/attendance", json={"session_id": str(session.session_id), "lines": lines}))
    await town.carry()
    for each in people:
        wish = {"enrolment_id": each["place"]["id"], "result": "Pass", "score": SCORE, "assessed_on": "2026-03-23"}
        draft = await ok(assessor.post("/api/v1/assessments", json=wish))
        headers = {"If-Match": f'"{draft["version"]}"'}
        await ok(assessor.post(f"/api/v1/assessments/{draft['id']}/finalise", headers=headers))


async def verified(town: Town) -> tuple[bytes, list[str]]:
    """The chain holds and so does a pack of all of it; the pack, and what is wrong."""
    auditor = await town.client("audit", Role.AUDITOR)
    chain = await ok(auditor.post("/api/v1/audit/verify", json={"from_seq": 1}))
    assert chain["intact"], chain
    packed = await auditor.post("/api/v1/audit/export", json={"reason": "yearly review", "format": "pack"})
    assert packed.status_code == 200, packed.text
    return packed.content, verifier.check(packed.content).told()


async def erase(town: Town, trainee_id: str) -> Any:
    view: Any = None
    for _ in range(2):
        admin = await town.client("enrolment", Role.ADMIN, subject=uuid4())
        version = (await ok(admin.get(f"/api/v1/trainees/{trainee_id}")))["version"]
        headers = {"If-Match": f'"{version}"'}
        view = await ok(admin.post(f"/api/v1/trainees/{trainee_id}/erase", json=WHY, headers=headers))
    return view


def needles() -> list[str | bytes]:
    return [PERSON["full_name"], PERSON["id_number"], PERSON["email"], PERSON["phone"]["number"]]


async def test_a_person_is_erased_everywhere_and_everything_else_still_holds(town: Town) -> None:
    fact, person = await a_training(town)
    trainee_id, place_id = person["trainee"]["id"], person["place"]["id"]
    before, faults = await verified(town)
    kept = {name for name, stage in town.stages.items() if await sealed_with_own_keys(_url(stage))}
    town.desk.advance(TIME_OVER - timedelta(seconds=1) - town.desk.stage.clock.now())
    admin = await town.client("enrolment", Role.ADMIN)
    early = await ok(admin.get(f"/api/v1/trainees/{trainee_id}/erasure"))
    town.desk.advance(timedelta(seconds=1))

    asked = await erase(town, trainee_id)
    waiting = {copy["service"]: copy["erased_at"] is not None for copy in asked["copies"]}
    await town.carry()
    await town.claims()

    view = await ok(admin.get(f"/api/v1/trainees/{trainee_id}/erasure"))
    assert faults == []
    assert kept == {"enrolment", "assessment", "tpg_sync"}
    assert [each["code"] for each in early["obstacles"]] == ["retention", "records_kept"]
    assert waiting == {"enrolment": True, "attendance": False, "assessment": False, "tpg-sync": False}
    assert view["state"] == "erased_everywhere"
    assert await town.holds(needles()) == {}
    await _nothing_opens(town, UUID(trainee_id))
    await _everything_else_answers(town, fact, place_id)

    after, faults = await verified(town)
    auditor = await town.client("audit", Role.AUDITOR)
    proof = await auditor.get("/api/v1/audit/entries/2/proof")
    assert (faults, verifier.check(before).told(), proof.status_code) == ([], [], 200)
    assert nric(41).encode() not in after
    erasures = [one.event_type for one in await town.stages["enrolment"].told() if "eras" in one.event_type]
    assert erasures == ["trainee.erasure_asked", "trainee.erased"]


async def _nothing_opens(town: Town, trainee_id: UUID) -> None:
    """Whatever was sealed for the person and still lies somewhere, its key is nowhere."""
    for name, stage in town.stages.items():
        for where, value in await sealed_with_own_keys(_url(stage)):
            if value[1:17] != trainee_id.bytes:
                continue
            async with stage.units.reading() as uow:
                connection = await uow.session.connection()
                key = f"select wrapped from {stage.service.schema}.data_key where owner = '{trainee_id}'"
                assert (await connection.exec_driver_sql(key)).scalar_one() is None, (name, where)


async def _everything_else_answers(town: Town, fact: RunFact, place_id: str) -> None:
    """Sheets, results, timelines and a comparison of the run, the friend's things among them."""
    sheets, results = await town.client("attendance", Role.OPS), await town.client("assessment", Role.ADMIN)
    sync = await town.client("tpg_sync", Role.OPS)
    sheet = await ok(sheets.get(f"/api/v1/attendance/sheets/{fact.sessions[0].session_id}"))
    listed = await ok(results.get("/api/v1/assessments"))
    timeline = await ok(sync.get(f"/api/v1/sync/records/enrolment/{place_id}"))
    assert {line["name"] for line in sheet["lines"]} == {"erased", FRIEND["full_name"]}
    assert {(each["erased"], each["score"]) for each in listed["items"]} == {(True, None), (False, SCORE)}
    assert timeline["jobs"]
    await reconcile(town.desk, run().run_id)
    assert await town.holds(needles()) == {}
    assert [row.code for row in await unresolved(town.desk) if row.enrolment_id == UUID(place_id)] == []
