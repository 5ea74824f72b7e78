"""Speaks to a simulator as a client does: quoted base64 on writes, plain reads."""

import json
from typing import Any

import httpx

from infra.tpg_simulator.records import Json
from infra.tpg_simulator.samples import (
    COURSE,
    OWN,
    synthetic_assessment,
    synthetic_attendance,
    synthetic_enrolment,
    synthetic_run,
)
from infra.tpg_simulator.world import World

NOT_FOUND = 404


class Driver:
    """One method per operation. Those named by a participle (`published`) raise when refused."""

    def __init__(self, http: httpx.AsyncClient, world: World) -> None:
        self.http = http
        self.world = world

    def seal(self, body: Any) -> str:
        return self.world.cipher_of(OWN).encrypt(json.dumps(body))

    async def send(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return await self.http.post(path, content=json.dumps(self.seal(body)), **more)

    async def publish(self, *runs: Json, course: str = COURSE, uen: str = OWN, **more: Any) -> httpx.Response:
        root = {"courseReferenceNumber": course, "trainingProvider": {"uen": uen}, "runs": list(runs)}
        return await self.send("/courses/courseRuns/publish", {"course": root}, **more)

    async def published(self, **changes: Any) -> int:
        reply = await self.publish(synthetic_run(**changes))
        reply.raise_for_status()
        run_id: int = reply.json()["data"]["runs"][0]["id"]
        return run_id

    async def write(self, run_id: int, run: Json, *, course: str = COURSE, uen: str = OWN) -> httpx.Response:
        root = {"courseReferenceNumber": course, "trainingProvider": {"uen": uen}, "run": run}
        return await self.send(f"/courses/courseRuns/edit/{run_id}", {"course": root})

    async def edit(self, run_id: int, **changes: Any) -> httpx.Response:
        return await self.write(run_id, {"action": "update", **changes})

    async def delete(self, run_id: int) -> httpx.Response:
        return await self.write(run_id, {"action": "delete"})

    async def view(self, run_id: int, **query: Any) -> httpx.Response:
        return await self.http.get(f"/courses/courseRuns/id/{run_id}", params=query)

    async def viewed(self, run_id: int) -> Json:
        reply = await self.view(run_id)
        reply.raise_for_status()
        run: Json = reply.json()["data"]["course"]["run"]
        return run

    async def list_runs(self, **query: Any) -> httpx.Response:
        return await self.http.get("/courses/courseRuns/reference", params={"courseReferenceNumber": COURSE} | query)

    async def sessions(self, run_id: int, **query: Any) -> httpx.Response:
        return await self.http.get(f"/courses/runs/{run_id}/sessions", params=query)

    async def listed_sessions(self, run_id: int) -> list[Json]:
        reply = await self.sessions(run_id)
        sessions: list[Json] = [] if reply.status_code == NOT_FOUND else reply.json()["data"]["sessions"]
        return sessions

    def open(self, reply: httpx.Response) -> Json:
        """Decrypt a sealed reply."""
        envelope: Json = self.world.cipher_of(OWN).decrypt_json(reply.text)
        return envelope

    async def enrol(self, run_id: int, **changes: Any) -> httpx.Response:
        return await self.create_enrolment(synthetic_enrolment(run_id, **changes))

    async def create_enrolment(self, enrolment: Any) -> httpx.Response:
        return await self.send("/tpg/enrolments", {"enrolment": enrolment})

    async def enrolled(self, run_id: int, **changes: Any) -> str:
        reply = await self.enrol(run_id, **changes)
        reply.raise_for_status()
        reference: str = self.open(reply)["data"]["enrolment"]["referenceNumber"]
        return reference

    async def update_enrolment(self, reference: str, **fields: Any) -> httpx.Response:
        return await self.send(f"/tpg/enrolments/details/{reference}", {"enrolment": {"action": "Update", **fields}})

    async def cancel_enrolment(self, reference: str, **fields: Any) -> httpx.Response:
        return await self.send(f"/tpg/enrolments/details/{reference}", {"enrolment": {"action": "Cancel", **fields}})

    async def tell_fees(self, reference: str, status: Any) -> httpx.Response:
        body = {"enrolment": {"fees": {"collectionStatus": status}}}
        return await self.send(f"/tpg/enrolments/feeCollections/{reference}", body)

    async def view_enrolment(self, reference: str) -> httpx.Response:
        return await self.http.get(f"/tpg/enrolments/details/{reference}")

    async def viewed_enrolment(self, reference: str) -> Json:
        reply = await self.view_enrolment(reference)
        reply.raise_for_status()
        enrolment: Json = self.open(reply)["data"]["enrolment"]
        return enrolment

    async def search_enrolments(self, enrolment: Any = None, **more: Any) -> httpx.Response:
        """Search by fields of `enrolment`, for the acting partner unless they say otherwise; `more` stands beside."""
        partner = {"trainingPartner": {"uen": OWN, "code": f"{OWN}-01"}}
        return await self.send("/tpg/enrolments/search", {"enrolment": partner | (enrolment or {}), **more})

    async def upload(self, run_id: int, *, session: int = 1, status: str = "1", **changes: Any) -> httpx.Response:
        """Upload attendance of one trainee for the session of that number; `changes` are fields of the trainee."""
        attendance = synthetic_attendance(**changes) | {"status": {"code": status}}
        return await self.send_attendance(run_id, attendance_body(run_id, attendance, session=session))

    async def send_attendance(self, run_id: int, body: Any) -> httpx.Response:
        return await self.send(f"/courses/runs/{run_id}/sessions/attendance", body)

    async def uploaded(self, run_id: int, **more: Any) -> None:
        (await self.upload(run_id, **more)).raise_for_status()

    async def attendance(self, run_id: int, **query: Any) -> httpx.Response:
        return await self.http.get(f"/courses/runs/{run_id}/sessions/attendance", params=query)

    async def listed_attendance(self, run_id: int, **query: Any) -> list[Json]:
        """All rows of all sessions asked for."""
        reply = await self.attendance(run_id, **query)
        reply.raise_for_status()
        sessions = self.open(reply)["data"]["courseRun"]["sessions"]
        return [row for session in sessions for row in session["attendance"]]

    async def assess(self, run_id: int, **changes: Any) -> httpx.Response:
        return await self.create_assessment(synthetic_assessment(run_id, **changes))

    async def create_assessment(self, assessment: Any) -> httpx.Response:
        return await self.send("/tpg/assessments", {"assessment": assessment})

    async def assessed(self, run_id: int, **changes: Any) -> str:
        reply = await self.assess(run_id, **changes)
        reply.raise_for_status()
        reference: str = self.open(reply)["data"]["assessment"]["referenceNumber"]
        return reference

    async def update_assessment(self, reference: str, **fields: Any) -> httpx.Response:
        return await self.send(f"/tpg/assessments/details/{reference}", {"assessment": {"action": "update", **fields}})

    async def void_assessment(self, reference: str, **fields: Any) -> httpx.Response:
        return await self.send(f"/tpg/assessments/details/{reference}", {"assessment": {"action": "void", **fields}})

    async def view_assessment(self, reference: str) -> httpx.Response:
        return await self.http.get(f"/tpg/assessments/details/{reference}")

    async def viewed_assessment(self, reference: str) -> Json:
        reply = await self.view_assessment(reference)
        reply.raise_for_status()
        record: Json = self.open(reply)["data"]
        return record

    async def search_assessments(self, assessments: Any = None, **more: Any) -> httpx.Response:
        """Search by fields of `assessments`, for the acting partner unless they say otherwise; `more` stands beside."""
        partner = {"trainingPartner": {"uen": OWN, "code": f"{OWN}-01"}}
        body = {"assessments": partner | (assessments or {}), "parameters": {"page": 0, "pageSize": 20}}
        return await self.send("/tpg/assessments/search", body | more)

    def switch(self, name: str, value: Any) -> None:
        self.world.set_switches({name: value})

    async def order(self, **fault: Any) -> None:
        reply = await self.http.post("/_control/faults", json=fault)
        reply.raise_for_status()


def attendance_body(run_id: int, attendance: Any, *, session: int = 1) -> Json:
    course = {"sessionID": f"{COURSE}-{run_id}-S{session}", "referenceNumber": COURSE, "attendance": attendance}
    return {"uen": OWN, "corppassId": "test-user", "course": course}


def complaints(envelope: Json) -> dict[str, str]:
    """Field to message of an opened refusal."""
    return {detail["field"]: detail["message"] for detail in envelope["error"]["details"]}


def messages(reply: httpx.Response) -> dict[str, str]:
    """Field to message of a course-family refusal."""
    return {detail["field"]: detail["message"] for detail in reply.json()["error"]["details"]}
