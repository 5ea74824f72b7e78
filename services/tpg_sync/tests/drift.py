"""A seeded maker of drift: somebody works in TPGateway's portal, and what a reconciliation must find of it is known.

Every person, course and place is synthetic. Each case touches one subject; cases of one round do not touch each other.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from infra.tpg_simulator.samples import synthetic_assessment, synthetic_attendance, synthetic_enrolment, synthetic_run
from libs.contracts.tpg_sync import RecordType
from libs.tpgateway.operations import PUBLISH_RUNS
from services.tpg_sync.client.tpgateway import Call
from services.tpg_sync.models import Action
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.drift_records import (
    Stage,
    mark_id,
    mark_of,
    nric,
    place_of,
    result_id,
    result_of,
    run_of,
    session_id,
)
from services.tpg_sync.tests.samples import COURSE, UEN

Sign = tuple[str, str, str, str, str]
"""Code, verdict, run, subject (ours, or TPGateway's name), session."""
PEOPLE_PER_RUN = 20
WERE_THERE, WITH_RESULTS = (0, 3, 5, 6), (7, 8, 9, 15)
"""By their number on each run."""


@dataclass(frozen=True, slots=True)
class Case:
    """One drift: what must be found of it, and what mends each."""

    signs: tuple[Sign, ...]
    repairs: dict[str, Action | None] = field(default_factory=dict)
    """By code: what is decided; None where another repair, or nobody, mends it."""


class Drifter:
    """Sets runs up, and lets somebody work in the portal on them."""

    def __init__(self, desk: Desk, portal: httpx.AsyncClient, *, seed: int) -> None:
        self.desk = desk
        self.portal = portal
        self.chance = random.Random(seed)
        self.stages: list[Stage] = []
        self._strangers = 900_000

    # -- before anything drifts ---------------------------------------------------------------------------------
    async def stage(self, number: int, *, bare: bool = False) -> Stage:
        """A run with three sessions, the first of them about to begin; with twenty people, or with nobody."""
        run_id = UUID(int=1_000 + number)
        await self.desk.publish(run_of(number, begun=not bare))
        people = [] if bare else [UUID(int=100_000 + number * 100 + index) for index in range(PEOPLE_PER_RUN)]
        for index, enrolment_id in enumerate(people):
            await self.desk.enrol(place_of(run_id, enrolment_id, number, index))
        made = Stage(number, run_id, people, bare)
        self.stages.append(made)
        return made

    async def teach(self, stage: Stage) -> None:
        """The first session is over: some people were there, and others have results."""
        for index in WERE_THERE:
            await self.desk.attend(mark_of(stage, index))
        for index in WITH_RESULTS:
            await self.desk.assess(result_of(stage, index))

    # -- what TPGateway calls things ----------------------------------------------------------------------------
    async def run_ref(self, stage: Stage) -> str:
        return (await self.desk.record(stage.run_id)).remote_id or ""

    async def session_ref(self, stage: Stage, number: int) -> str:
        parts = (await self.desk.record(stage.run_id)).parts
        return parts[str(session_id(stage.number, number))] or ""

    async def place_ref(self, stage: Stage, index: int) -> str:
        return (await self.desk.record(stage.person(index), RecordType.ENROLMENT)).remote_id or ""

    async def result_ref(self, stage: Stage, index: int) -> str:
        return (await self.desk.record(result_id(stage, index), RecordType.ASSESSMENT)).remote_id or ""

    async def patch(self, path: str, **changed: Any) -> None:
        answer = await self.portal.patch(f"/_control/portal/{path}", json={"set": changed})
        assert answer.status_code == 200, answer.text

    async def delete(self, path: str) -> None:
        answer = await self.portal.delete(f"/_control/portal/{path}")
        assert answer.status_code == 200, answer.text

    async def add(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self.portal.post(f"/_control/portal/{path}", json=body)
        assert answer.status_code in {200, 201}, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def stranger(self) -> str:
        self._strangers += 1
        return nric(self._strangers)

    # -- runs ---------------------------------------------------------------------------------------------------
    async def run_deleted(self, stage: Stage) -> Case:
        await self.delete(f"runs/{await self.run_ref(stage)}")
        return case("RUN-01", stage, stage.run_id, repair=Action.PUSH)

    async def run_unknown(self) -> Case:
        """Published by somebody else with our credentials."""
        words = f"Unknown {self.chance.random()}"
        content = {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": UEN}}
        body = {"course": {**content, "runs": [synthetic_run(scheduleInfo=words)]}}
        reply = await self.desk.client.call(Call(operation=PUBLISH_RUNS, body=body))
        assert reply.answer is not None
        made = str(reply.answer.data["runs"][0]["id"])
        return Case((("RUN-02", "drift", "", made, ""),), {"RUN-02": Action.CANCEL_REMOTE})

    async def run_field(self, stage: Stage) -> Case:
        name, value = self.chance.choice(
            [
                ("content.scheduleInfo", "Somebody's own words"),
                ("content.intakeSize", 33),
                ("content.venue.room", "99"),
                ("content.courseAdminEmail", "somebody@example.com"),
                ("content.courseVacancy", {"code": "F", "description": "Full"}),
            ]
        )
        await self.patch(f"runs/{await self.run_ref(stage)}", **{name: value})
        return case("RUN-03", stage, stage.run_id, repair=Action.PUSH)

    async def trainers(self, stage: Stage) -> Case:
        await self.patch(f"runs/{await self.run_ref(stage)}", trainers=[])
        return case("TRN-01", stage, stage.run_id, repair=Action.PUSH)

    async def session_deleted(self, stage: Stage) -> Case:
        await self.delete(f"runs/{await self.run_ref(stage)}/sessions/{await self.session_ref(stage, 3)}")
        return case("SES-01", stage, stage.run_id, part=session_id(stage.number, 3), repair=Action.PUSH)

    async def session_added(self, stage: Stage) -> Case:
        new = {"start_date": "20260325", "end_date": "20260325", "start_time": "09:00", "end_time": "11:00"}
        changed = await self.add(f"runs/{await self.run_ref(stage)}/sessions", {**new, "venue": None, "mode": "9"})
        made = changed["sessions"][-1]["session_id"]
        sign = ("SES-02", "drift", str(stage.run_id), made, "")
        return Case((sign,), {"SES-02": Action.CANCEL_REMOTE})

    async def session_moved(self, stage: Stage) -> Case:
        name, value = self.chance.choice([("start_time", "08:30"), ("end_time", "18:30"), ("start_date", "20260322")])
        changed = {name: value, **({"end_date": value} if name == "start_date" else {})}
        path = f"runs/{await self.run_ref(stage)}/sessions/{await self.session_ref(stage, 2)}"
        await self.patch(path, **changed)
        return case("SES-03", stage, stage.run_id, part=session_id(stage.number, 2), repair=Action.PUSH)

    # -- places -------------------------------------------------------------------------------------------------
    async def place_deleted(self, stage: Stage, index: int) -> Case:
        await self.delete(f"enrolments/{await self.place_ref(stage, index)}")
        return case("ENR-01", stage, stage.person(index), repair=Action.PUSH)

    async def place_moved(self, stage: Stage, index: int, to: Stage) -> Case:
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", run_id=int(await self.run_ref(to)))
        return case("ENR-01", stage, stage.person(index), repair=Action.PUSH)

    async def place_unknown(self, stage: Stage) -> Case:
        made = await self._enrolled_there(stage, self.stranger())
        return Case((("ENR-02", "drift", str(stage.run_id), made, ""),), {"ENR-02": Action.CANCEL_REMOTE})

    async def place_twice(self, stage: Stage, index: int) -> Case:
        number = self.desk.owner.enrolments[stage.person(index)].trainee.id_number
        made = await self._enrolled_there(stage, number)
        return Case((("ENR-07", "drift", str(stage.run_id), made, ""),), {"ENR-07": Action.CANCEL_REMOTE})

    async def _enrolled_there(self, stage: Stage, number: str) -> str:
        new = synthetic_enrolment(int(await self.run_ref(stage)), id=number)
        made = await self.add("enrolments", {"enrolment": new})
        return str(made["reference"])

    async def place_cancelled(self, stage: Stage, index: int) -> Case:
        """Who has a result there loses what it hangs on."""
        await self.add(f"enrolments/{await self.place_ref(stage, index)}/cancel", {})
        signs = [sign("ENR-03", stage, stage.person(index))]
        if index in WITH_RESULTS:
            signs.append(sign("ASM-04", stage, result_id(stage, index)))
        return Case(tuple(signs), {"ENR-03": Action.PUSH, "ASM-04": None})

    async def fee_changed(self, stage: Stage, index: int) -> Case:
        status = self.chance.choice(["Full Payment", "Partial Payment"])
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", **{"fees.collection_status": status})
        return case("ENR-04", stage, stage.person(index), repair=Action.PUSH)

    async def contact_changed(self, stage: Stage, index: int) -> Case:
        name, value = self.chance.choice(
            [
                ("trainee.email", "somebody.else@example.com"),
                ("trainee.phone.phone_number", "98765432"),
                ("fees.discount", "12.50"),
            ]
        )
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", **{name: value})
        return case("ENR-05", stage, stage.person(index), repair=Action.PUSH)

    async def identity_changed(self, stage: Stage, index: int) -> Case:
        name, value = self.chance.choice(
            [
                ("trainee.full_name", "Somebody Else"),
                ("trainee.date_of_birth", "1970-02-03"),
                ("sponsorship", "EMPLOYER"),
            ]
        )
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", **{name: value})
        return case("ENR-06", stage, stage.person(index), repair=Action.REPLACE)

    async def quietly(self, stage: Stage, index: int, **changed: Any) -> None:
        """The owner has moved on, and its event never came."""
        before = self.desk.owner.enrolments[stage.person(index)]
        person = before.trainee.model_copy(update=changed)
        after = before.model_copy(update={"trainee": person, "revision": before.revision + 1})
        self.desk.owner.enrolments[stage.person(index)] = after

    async def stale(self, stage: Stage, index: int) -> Case:
        await self.quietly(stage, index, email=f"moved{self.chance.random()}@example.com")
        return case("ENR-05", stage, stage.person(index), verdict="stale", repair=None)

    async def conflict(self, stage: Stage, index: int) -> Case:
        await self.quietly(stage, index, email=f"ours{self.chance.random()}@example.com")
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", **{"trainee.email": "theirs@example.com"})
        return case("ENR-05", stage, stage.person(index), verdict="conflict", repair=Action.PUSH)

    async def converged(self, stage: Stage, index: int) -> Case:
        email = f"both{self.chance.random()}@example.com"
        await self.quietly(stage, index, email=email)
        await self.patch(f"enrolments/{await self.place_ref(stage, index)}", **{"trainee.email": email})
        return Case(())

    # -- presence -----------------------------------------------------------------------------------------------
    async def row_of(self, stage: Stage, index: int) -> str:
        number = self.desk.owner.enrolments[stage.person(index)].trainee.id_number
        ref = await self.session_ref(stage, 1)
        rows = [one for one in self.desk.remote_rows if one.session_id == ref and one.person == number]
        return str(rows[-1].key)

    async def presence_deleted(self, stage: Stage, index: int) -> Case:
        await self.delete(f"attendance/{await self.row_of(stage, index)}")
        return self._of_mark("ATT-01", stage, index, Action.PUSH)

    async def presence_voided(self, stage: Stage, index: int) -> Case:
        await self.patch(f"attendance/{await self.row_of(stage, index)}", status=self.chance.choice(["4", "3"]))
        return self._of_mark("ATT-03", stage, index, Action.PUSH)

    async def scanned(self, stage: Stage, index: int) -> Case:
        """Of somebody nobody has marked."""
        await self._present_there(stage, self.desk.owner.enrolments[stage.person(index)].trainee.id_number)
        sign = ("ATT-02", "drift", str(stage.run_id), str(stage.person(index)), str(session_id(stage.number, 1)))
        return Case((sign,), {"ATT-02": Action.PULL})

    async def entered(self, stage: Stage, index: int) -> Case:
        """By somebody at the provider, of somebody nobody here has marked."""
        number = self.desk.owner.enrolments[stage.person(index)].trainee.id_number
        await self._present_there(stage, number, entry_mode="Manual")
        sign = ("ATT-02", "drift", str(stage.run_id), str(stage.person(index)), str(session_id(stage.number, 1)))
        return Case((sign,), {"ATT-02": Action.VOID_REMOTE})

    async def stranger_present(self, stage: Stage) -> Case:
        row = await self._present_there(stage, self.stranger())
        sign = ("ATT-04", "drift", str(stage.run_id), row, str(session_id(stage.number, 1)))
        return Case((sign,), {"ATT-04": Action.VOID_REMOTE})

    async def at_two_places(self, stage: Stage, index: int, other: Stage) -> Case:
        """Present in the first session here, and scanned in the first one of another run at the same time."""
        number = self.desk.owner.enrolments[stage.person(index)].trainee.id_number
        row = await self._present_there(other, number)
        first = session_id(stage.number, 1)
        here = ("ATT-05", "conflict", str(stage.run_id), str(mark_id(stage, index)), str(first))
        there = (str(other.run_id), row, str(session_id(other.number, 1)))
        return Case(
            (here, ("ATT-05", "conflict", *there), ("ATT-04", "drift", *there)),
            {"ATT-05": None, "ATT-04": Action.VOID_REMOTE},
        )

    async def _present_there(self, stage: Stage, number: str, **more: Any) -> str:
        session_ref = await self.session_ref(stage, 1)
        new = {"session_id": session_ref, "attendance": synthetic_attendance(id=number), **more}
        made = await self.add("attendance", new)
        return f"{session_ref}#{made['number']}"

    def _of_mark(self, code: str, stage: Stage, index: int, repair: Action) -> Case:
        return case(code, stage, mark_id(stage, index), part=session_id(stage.number, 1), repair=repair)

    # -- results ------------------------------------------------------------------------------------------------
    async def result_deleted(self, stage: Stage, index: int) -> Case:
        await self.delete(f"assessments/{await self.result_ref(stage, index)}")
        return case("ASM-01", stage, result_id(stage, index), repair=Action.PUSH)

    async def result_unknown(self, stage: Stage, index: int) -> Case:
        number = self.desk.owner.enrolments[stage.person(index)].trainee.id_number
        person = {"id": number, "idType": "NRIC", "fullName": "Somebody"}
        new = synthetic_assessment(int(await self.run_ref(stage)), trainee=person)
        made = await self.add("assessments", {"assessment": new})
        sign = ("ASM-02", "drift", str(stage.run_id), str(made["reference"]), "")
        return Case((sign,), {"ASM-02": Action.VOID_REMOTE})

    async def result_changed(self, stage: Stage, index: int) -> Case:
        name, value = self.chance.choice(
            [("result", "Fail"), ("score", 12), ("grade", "F"), ("assessment_date", "2026-03-01"), ("result", "Void")]
        )
        await self.patch(f"assessments/{await self.result_ref(stage, index)}", **{name: value})
        return case("ASM-03", stage, result_id(stage, index), repair=Action.PUSH)

    # -- a round ------------------------------------------------------------------------------------------------
    async def round(self, number: int) -> list[Case]:
        """Some of everything, on every run. Who was scanned once is marked present from then on."""
        full = [stage for stage in self.stages if not stage.bare]
        cases = [await self.run_deleted(stage) for stage in self.stages if stage.bare]
        cases += [await self.run_unknown() for _ in range(3)]
        for stage in full:
            cases += [await make() for make in self._on_run(stage, 12 + 2 * number)]
        for stage, other in zip(full, [*full[1:], full[0]], strict=True):
            cases.append(await self.at_two_places(stage, 3, other))
            cases.append(await self.place_moved(stage, stage.apart, other))
        return cases

    def _on_run(self, stage: Stage, unmarked: int) -> Iterator[Callable[[], Any]]:
        """Each on people of its own."""
        places = [16, 17, 18, 19]
        self.chance.shuffle(places)
        stage.apart = places[3]
        yield lambda: self.run_field(stage)
        yield lambda: self.trainers(stage)
        yield lambda: self.session_deleted(stage)
        yield lambda: self.session_added(stage)
        yield lambda: self.session_moved(stage)
        yield lambda: self.place_deleted(stage, places[0])
        yield lambda: self.place_unknown(stage)
        yield lambda: self.place_cancelled(stage, self.chance.choice([places[1], 15]))
        yield lambda: self.fee_changed(stage, 0)
        yield lambda: self.contact_changed(stage, 1)
        yield lambda: self.identity_changed(stage, 2)
        yield lambda: self.place_twice(stage, 4)
        yield lambda: self.presence_deleted(stage, 5)
        yield lambda: self.presence_voided(stage, 6)
        yield lambda: self.scanned(stage, unmarked)
        yield lambda: self.entered(stage, 13)
        yield lambda: self.stranger_present(stage)
        yield lambda: self.result_deleted(stage, 7)
        yield lambda: self.result_unknown(stage, places[2])
        yield lambda: self.result_changed(stage, 8)
        yield lambda: self.stale(stage, 9)
        yield lambda: self.conflict(stage, 10)
        yield lambda: self.converged(stage, 11)


def sign(code: str, stage: Stage, subject: UUID, *, verdict: str = "drift", part: UUID | None = None) -> Sign:
    return code, verdict, str(stage.run_id), str(subject), str(part or "")


def case(
    code: str,
    stage: Stage,
    subject: UUID,
    *,
    repair: Action | None,
    verdict: str = "drift",
    part: UUID | None = None,
) -> Case:
    return Case((sign(code, stage, subject, verdict=verdict, part=part),), {code: repair})
