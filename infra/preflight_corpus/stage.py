"""The simulator in process, with the same records standing before every request.

The records are made through its own public face, and put back before each request, so that a request that was
accepted changes nothing for the next one and a single one replays alone.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
from starlette.types import Message

from infra.preflight_corpus.case import Json
from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.records import CourseRun
from infra.tpg_simulator.samples import COURSE, MONDAY, synthetic_seed, synthetic_session
from infra.tpg_simulator.stored import Stored
from infra.tpg_simulator.world import World

Profile = Literal["uat", "strict"]
PROFILES: tuple[Profile, ...] = ("uat", "strict")
OPENING = MONDAY
"""Before the course: runs are published and changed, people enrolled."""
CLOSING = MONDAY + timedelta(days=28)
"""After it: attendance and results are told."""
RUN, OTHER_RUN = 849900, 849901
ENROLMENT, ASSESSMENT = "ENR-2603-000001", "ASM-2603-000001"
DAYS = ("20260323", "20260324", "20260325", "20260326")
MODES = ("1", "4", "9", "1")
"""Day and mode of each session of the run that stands."""
PEOPLE = ("S1234567D", "G1234567X", "T0000001E", "F7654321Q", "PASS0000000000000001", "K1234567")
"""Who is enrolled on it."""


OK = 200


def session_id(number: int) -> str:
    return f"{COURSE}-{RUN}-S{number}"


def mode_of(body: Json) -> str | None:
    """The mode of the session an upload names; None for one that does not stand."""
    course = body.get("course")
    named = course.get("sessionID") if isinstance(course, dict) else None
    modes = {session_id(number): mode for number, mode in enumerate(MODES, start=1)}
    return modes.get(named) if isinstance(named, str) else None


@dataclass(frozen=True, slots=True)
class Refused:
    """What the simulator answered: the status, and each field it complains about with the complaint."""

    status: int
    details: tuple[tuple[str, str], ...]


class Stage:
    """Asks the simulator of one profile."""

    def __init__(self, simulator: Simulator, driver: Driver) -> None:
        self._simulator = simulator
        self._driver = driver
        self._world = driver.world
        self._runs: list[CourseRun] = []
        self._records: list[Stored] = []
        self._touched = False

    async def build(self, profile: Profile) -> None:
        """Make the records that every operation finds, then turn to the profile."""
        driver = self._driver
        self._world.clock.set(OPENING, frozen=True)
        sessions = [
            synthetic_session(startDate=day, endDate=day, modeOfTraining=mode, venue=_place())
            for day, mode in zip(DAYS, MODES, strict=True)
        ]
        for days in ({"start": 20260323, "end": 20260403}, {"start": 20260323, "end": 20260404}):
            await driver.published(courseDates=days, sessions=sessions)
        for person in PEOPLE:
            await driver.enrolled(RUN, id=person)
        await driver.assessed(RUN)
        store = self._world.store
        self._runs = list(store.runs.values())
        self._records = [*store.enrolments.all(), *store.assessments.all()]
        driver.switch("profile", profile)
        driver.switch("crypto.error_form_tpg", "plain")

    async def ask(self, path: str, body: Any, *, now: datetime) -> Refused | None:
        """Send a body to an operation at a moment; None when it was accepted."""
        if self._touched:
            self._world.store.reset()
            self._world.store.keep(runs=self._runs, records=self._records)
        self._world.clock.set(now, frozen=True)
        status, reply = await self._post(path, json.dumps(self._driver.seal(body)).encode())
        self._touched = status == OK
        if status == OK:
            return None
        details = json.loads(reply)["error"]["details"]
        return Refused(status, tuple((one["field"], one["message"]) for one in details))

    async def _post(self, path: str, sealed: bytes) -> tuple[int, bytes]:
        """One request over ASGI, without a client between: thousands of them are made."""
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sealed, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._simulator({**scope, "client": ("127.0.0.1", 1)}, receive, send)
        return int(sent[0]["status"]), b"".join(message.get("body", b"") for message in sent[1:])


def _place() -> Json:
    return {"street": "Demo Road", "floor": "02", "unit": "11", "postalCode": "408533", "room": "2A"}


@asynccontextmanager
async def open_stage(profile: Profile) -> AsyncIterator[Stage]:
    simulator = Simulator(World(synthetic_seed()))
    transport = httpx.ASGITransport(simulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8190") as http:
        stage = Stage(simulator, Driver(http, simulator.world))
        await stage.build(profile)
        yield stage
