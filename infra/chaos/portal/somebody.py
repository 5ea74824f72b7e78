"""Somebody who works in TPGateway's portal, past all our doing: seeded, and every subject touched once."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import UUID

import httpx

from infra.chaos.portal.drift import Drift
from infra.chaos.portal.ours import Mark, Ours
from infra.chaos.portal.there import Likeness, Record, There, likeness
from infra.tpg_simulator.samples import synthetic_assessment, synthetic_attendance, synthetic_enrolment
from libs.testing.people import nric

STRANGERS_FROM: Final = 90_000
"""Numbers of people the storm never brings."""
T = TypeVar("T")


@dataclass(slots=True)
class Somebody:
    """Works through the control API of the simulator, which must be well."""

    portal: httpx.AsyncClient
    ours: Ours
    there: There
    chance: random.Random
    drifts: list[Drift] = field(default_factory=list)
    _strangers: int = STRANGERS_FROM
    _spent: set[object] = field(default_factory=set)
    """Subjects that something has befallen already."""

    async def work(self) -> list[Drift]:
        """Everything once, and then what is to be done more often, as far as there is anything left to do it to."""
        todo: Sequence[tuple[int, Callable[[], Awaitable[None]]]] = (
            *((1, self.delete_run), (2, self.change_run), (2, self.take_trainers_away)),
            *((2, self.delete_session), (1, self.add_session), (2, self.move_session)),
            *((4, self.delete_place), (2, self.cancel_place), (3, self.rename_person)),
            *((4, self.change_contact), (4, self.change_fee), (2, self.enrol_stranger), (1, self.enrol_twice)),
            *((3, self.delete_presence), (3, self.void_presence)),
            *((2, self.scan_absentee), (1, self.enter_absentee), (2, self.scan_stranger)),
            *((1, self.delete_result), (1, self.void_result), (1, self.change_result), (1, self.add_result)),
        )
        for number in range(max(times for times, _ in todo)):
            for times, deed in todo:
                if number < times:
                    await deed()
        return self.drifts

    # -- runs ---------------------------------------------------------------------------------------------------
    async def delete_run(self) -> None:
        run = self._pick(sorted(self.ours.bare))
        if run is not None:
            await self._delete(f"runs/{run}")
            self._note("RUN-01", self.ours.runs[run], "runs", run, makes=self._alike("runs", run))

    async def change_run(self) -> None:
        run = self._pick_run()
        if run is not None:
            name, value = self.chance.choice([("content.scheduleInfo", "As they please"), ("content.venue.room", "99")])
            await self._patch(f"runs/{run}", {name: value})
            self._note("RUN-03", self.ours.runs[run], "runs", run)

    async def take_trainers_away(self) -> None:
        run = self._pick_run()
        if run is not None:
            await self._patch(f"runs/{run}", {"trainers": []})
            self._note("TRN-01", self.ours.runs[run], "runs", run)

    async def delete_session(self) -> None:
        run = self._pick_run()
        if run is not None:
            session = self._last_session(run)
            await self._delete(f"runs/{run}/sessions/{session['session_id']}")
            self._note_session("SES-01", run, session)

    async def move_session(self) -> None:
        run = self._pick_run()
        if run is not None:
            session = self._last_session(run)
            await self._patch(f"runs/{run}/sessions/{session['session_id']}", {"end_time": "18:45"})
            self._note_session("SES-03", run, session)

    async def add_session(self) -> None:
        run = self._pick_run()
        if run is not None:
            like = {name: self._last_session(run)[name] for name in ("start_date", "end_date", "mode", "venue")}
            new = {**like, "start_time": "19:00", "end_time": "20:00"}
            made = (await self._post(f"runs/{run}/sessions", new))["sessions"][-1]["session_id"]
            self._note("SES-02", made, "runs", run)

    # -- places -------------------------------------------------------------------------------------------------
    async def delete_place(self) -> None:
        place = self._pick_place()
        if place is not None:
            await self._delete(f"enrolments/{place}")
            self._note_place("ENR-01", place, anew=True)

    async def cancel_place(self) -> None:
        place = self._pick_place()
        if place is not None:
            await self._post(f"enrolments/{place}/cancel", {})
            self._note_place("ENR-03", place, anew=True)

    async def rename_person(self) -> None:
        place = self._pick_place()
        if place is not None:
            await self._patch(f"enrolments/{place}", {"trainee.full_name": "Somebody Else"})
            self._note_place("ENR-06", place, anew=True)

    async def change_contact(self) -> None:
        place = self._pick_place(taught=True)
        if place is not None:
            await self._patch(f"enrolments/{place}", {"trainee.email": "somebody.else@example.com"})
            self._note_place("ENR-05", place)

    async def change_fee(self) -> None:
        place = self._pick_place(taught=True)
        if place is not None:
            stands = self.there.records["enrolments"][place]["fees"]["collection_status"]
            others = [word for word in ("Pending Payment", "Partial Payment", "Full Payment") if word != stands]
            await self._patch(f"enrolments/{place}", {"fees.collection_status": self.chance.choice(others)})
            self._note_place("ENR-04", place)

    async def enrol_stranger(self) -> None:
        run = self.chance.choice(sorted(self.ours.runs.keys() - self.ours.bare))
        made = await self._post("enrolments", {"enrolment": synthetic_enrolment(int(run), id=self._stranger())})
        self._note("ENR-02", made["reference"], "enrolments", made["reference"], was_ours=False)

    async def enrol_twice(self) -> None:
        place = self._pick_place()
        if place is not None:
            known = self.there.records["enrolments"][place]
            twin = synthetic_enrolment(known["run_id"], id=known["trainee"]["id"])
            made = await self._post("enrolments", {"enrolment": twin})
            self._note("ENR-07", made["reference"], "enrolments", made["reference"], was_ours=False)

    # -- presence -----------------------------------------------------------------------------------------------
    async def delete_presence(self) -> None:
        mark = self._pick_mark("present", rows=1)
        if mark is not None:
            row = self._rows(mark)[0]
            await self._delete(f"attendance/{row['number']}")
            self._note_mark("ATT-01", mark, row)

    async def void_presence(self) -> None:
        mark = self._pick_mark("present", rows=1)
        if mark is not None:
            row = self._rows(mark)[0]
            await self._patch(f"attendance/{row['number']}", {"status": self.chance.choice(["3", "4"])})
            self._note_mark("ATT-03", mark, row)

    async def scan_absentee(self) -> None:
        """They have proof of their own that somebody was there whom we hold to be absent."""
        await self._be_present("Mobile")

    async def enter_absentee(self) -> None:
        await self._be_present("Manual")

    async def _be_present(self, entry_mode: str) -> None:
        mark = self._pick_mark("absent")
        if mark is not None:
            session = self.ours.names[mark.session_id]
            row = await self._enter(session, self._person(mark), entry_mode)
            subject = mark.attendance_id if mark.told else f"{mark.enrolment_id}/{mark.session_id}"
            self._note("ATT-02", subject, "attendance", str(row["number"]), was_ours=False, makes=_of(row))

    async def scan_stranger(self) -> None:
        sessions = sorted({one["session_id"] for one in self.there.standing("attendance").values()})
        if sessions:
            row = await self._enter(self.chance.choice(sessions), self._stranger(), "Mobile")
            name = f"{row['session_id']}#{row['number']}"
            self._note("ATT-04", name, "attendance", str(row["number"]), was_ours=False, makes=_of(row))

    # -- results ------------------------------------------------------------------------------------------------
    async def delete_result(self) -> None:
        result = self._pick(sorted(self.ours.results))
        if result is not None:
            await self._delete(f"assessments/{result}")
            alike = self._alike("assessments", result)
            self._note("ASM-01", self.ours.results[result], "assessments", result, makes=alike)

    async def void_result(self) -> None:
        result = self._pick(sorted(self.ours.results))
        if result is not None:
            await self._post(f"assessments/{result}/void", {})
            alike = self._alike("assessments", result)
            self._note("ASM-03", self.ours.results[result], "assessments", result, makes=alike)

    async def change_result(self) -> None:
        result = self._pick(sorted(self.ours.results))
        if result is not None:
            stands = self.there.records["assessments"][result]["result"]
            await self._patch(f"assessments/{result}", {"result": "Fail" if stands == "Pass" else "Pass"})
            self._note("ASM-03", self.ours.results[result], "assessments", result)

    async def add_result(self) -> None:
        known = next(iter(self.there.standing("assessments").values()), None)
        if known is not None:
            person = {"id": self._stranger(), "idType": "NRIC", "fullName": "Synthetic Stranger"}
            new = synthetic_assessment(known["run_id"], trainee=person, assessmentDate=known["assessment_date"])
            made = await self._post("assessments", {"assessment": new})
            self._note("ASM-02", made["reference"], "assessments", made["reference"], was_ours=False)

    # -- whom it befalls ----------------------------------------------------------------------------------------
    def _pick(self, among: Sequence[T]) -> T | None:
        """One that nothing has befallen yet; None when there is none left."""
        free = [one for one in among if one not in self._spent]
        if not free:
            return None
        chosen = self.chance.choice(free)
        self._spent.add(chosen)
        return chosen

    def _pick_run(self) -> str | None:
        return self._pick(sorted(self.ours.runs))

    def _pick_place(self, *, taught: bool = False) -> str | None:
        """On a run that has not begun: nothing hangs on it yet. `taught` takes any."""
        standing = self.there.standing("enrolments")
        ahead = [key for key, one in standing.items() if taught or str(one["run_id"]) in self.ours.runs]
        return self._pick(sorted(key for key in ahead if key in self.ours.places))

    def _pick_mark(self, state: str, *, rows: int | None = None) -> Mark | None:
        """Of somebody enrolled there; with so many rows, or without a standing one."""

        def fits(mark: Mark) -> bool:
            if mark.state != state or {mark.enrolment_id, mark.session_id} - self.ours.names.keys():
                return False
            found = self._rows(mark)
            return not any(row["status"] == "1" for row in found) if rows is None else len(found) == rows

        return self._pick([mark for mark in self.ours.marks if fits(mark)])

    def _rows(self, mark: Mark) -> list[Record]:
        return self.there.rows_of(self.ours.names[mark.session_id], self._person(mark))

    def _person(self, mark: Mark) -> str:
        return str(self.there.records["enrolments"][self.ours.names[mark.enrolment_id]]["trainee"]["id"])

    def _last_session(self, run: str) -> Record:
        session: Record = [one for one in self.there.records["runs"][run]["sessions"] if not one["deleted"]][-1]
        return session

    def _stranger(self) -> str:
        self._strangers += 1
        return nric(self._strangers)

    # -- what was done ------------------------------------------------------------------------------------------
    def _note(self, code: str, subject: UUID | str, kind: str, key: str, **more: Any) -> None:
        self.drifts.append(Drift(code, str(subject), kind, key, **more))

    def _note_session(self, code: str, run: str, session: Record) -> None:
        part = self.ours.sessions[session["session_id"]]
        self._note(code, f"{self.ours.runs[run]}/{part}", "runs", run)

    def _note_place(self, code: str, place: str, *, anew: bool = False) -> None:
        makes = self._alike("enrolments", place) if anew else None
        self._note(code, self.ours.places[place], "enrolments", place, makes=makes)

    def _note_mark(self, code: str, mark: Mark, row: Record) -> None:
        self._note(code, mark.attendance_id, "attendance", str(row["number"]), makes=_of(row))

    def _alike(self, kind: str, key: str) -> Likeness:
        return likeness(kind, self.there.records[kind][key])

    async def _enter(self, session: str, person: str, entry_mode: str) -> Record:
        attendance = synthetic_attendance(id=person)
        return await self._post(
            "attendance", {"session_id": session, "attendance": attendance, "entry_mode": entry_mode}
        )

    async def _patch(self, path: str, changed: dict[str, Any]) -> None:
        (await self.portal.patch(f"/portal/{path}", json={"set": changed})).raise_for_status()

    async def _delete(self, path: str) -> None:
        (await self.portal.delete(f"/portal/{path}")).raise_for_status()

    async def _post(self, path: str, body: Any) -> Record:
        answer = await self.portal.post(f"/portal/{path}", json=body)
        answer.raise_for_status()
        made: Record = answer.json()
        return made


def _of(row: Record) -> Likeness:
    return likeness("attendance", row)
