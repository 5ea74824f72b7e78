"""A whole submission desk for tests: real Postgres, a real simulator on a socket, and time that the test decides."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import BaseModel
from sqlalchemy import select, update
from sqlmodel import col

from infra.tpg_simulator.faults import FaultOrder, Kind, Outage
from infra.tpg_simulator.world import World
from libs.contracts.assessment import AssessmentAmended, AssessmentEvent, AssessmentFact, AssessmentFinalised
from libs.contracts.attendance import AttendanceCorrected, AttendanceEvent, AttendanceFact, AttendanceMarked
from libs.contracts.course import (
    RunCancelled,
    RunFact,
    RunPublished,
    RunRescheduled,
    RunStatus,
    SessionFact,
    SessionStatus,
)
from libs.contracts.enrolment import (
    EnrolmentChanged,
    EnrolmentConfirmed,
    EnrolmentEvent,
    EnrolmentFact,
    EnrolmentFeeChanged,
    EnrolmentStatus,
)
from libs.contracts.envelope import seal
from libs.contracts.event import Event
from libs.contracts.submissions import (
    Adopted,
    Adoption,
    AssessmentSubmission,
    AttendanceSubmission,
    EnrolmentSubmission,
    RollMatch,
    RollMatchWish,
    RunSubmission,
)
from libs.contracts.tpg_sync import RecordType
from libs.outbox.hearing import handle, understand
from libs.sources import SINGAPORE
from libs.telemetry.context import current
from libs.testing.stage import Stage
from services.tpg_sync import handlers
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.client.tpgateway import TpgClient
from services.tpg_sync.engine.engine import Engine
from services.tpg_sync.models import LANE_ID, SyncAttempt, SyncBreaker, SyncJob, SyncLane, SyncRecord
from services.tpg_sync.tests.samples import enrolment, mark, result, run

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def _as_a_worker(doing: Coroutine[Any, Any, int]) -> int:
    """A worker's duties start outside every journey; the test's own must not lend them one."""
    return await asyncio.create_task(doing, context=contextvars.Context())


class Owner:
    """Stands in for every owner of records on a real socket: hands out claim checks, and can be away."""

    def __init__(self) -> None:
        self.runs: dict[UUID, RunSubmission] = {}
        self.enrolments: dict[UUID, EnrolmentSubmission] = {}
        self.marks: dict[UUID, AttendanceSubmission] = {}
        self.results: dict[UUID, AssessmentSubmission] = {}
        self.adopts: EnrolmentSubmission | None = None
        """What it makes of a place it is asked to adopt."""
        self.asked_to_adopt: list[Adoption] = []
        self.erased: set[UUID] = set()
        """Records of people nobody knows any more."""
        self.away = False
        self.asked = 0
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        """The peer client a service would have for it."""
        app = web.Application()
        app.router.add_get("/internal/v1/submissions/{kind}/{record_id}", self._answer)
        app.router.add_post("/internal/v1/adoptions", self._adopt)
        app.router.add_post("/internal/v1/rolls/{run_id}/match", self._match)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/"))
            async with httpx.AsyncClient(base_url=self.url) as client:
                yield client

    async def _answer(self, request: web.Request) -> web.Response:
        self._be_away(request)
        kinds: dict[str, Mapping[UUID, BaseModel]] = {
            "run": self.runs,
            "enrolment": self.enrolments,
            "attendance": self.marks,
            "assessment": self.results,
        }
        record_id = UUID(request.match_info["record_id"])
        if record_id in self.erased:
            return web.Response(status=410)
        found = kinds[request.match_info["kind"]].get(record_id)
        if found is None:
            return web.Response(status=404)
        return web.Response(text=found.model_dump_json(), content_type="application/json")

    async def _match(self, request: web.Request) -> web.Response:
        self._be_away(request)
        wish = RollMatchWish.model_validate_json(await request.text())
        run_id = UUID(request.match_info["run_id"])
        on_run = [one for one in self.enrolments.values() if one.run_id == run_id]
        by_number = {one.trainee.id_number: one.enrolment_id for one in on_run}
        match = RollMatch(enrolment_ids=tuple(by_number.get(number) for number in wish.id_numbers))
        return web.Response(text=match.model_dump_json(), content_type="application/json")

    async def _adopt(self, request: web.Request) -> web.Response:
        self._be_away(request)
        wish = Adoption.model_validate_json(await request.text())
        self.asked_to_adopt.append(wish)
        if self.adopts is None:
            return web.Response(status=409)
        adopted = Adopted(
            enrolment_id=self.adopts.enrolment_id,
            trainee_id=self.adopts.trainee.trainee_id,
            status=EnrolmentStatus.CONFIRMED,
            remote_id=wish.remote_id,
        )
        return web.Response(status=201, text=adopted.model_dump_json(), content_type="application/json")

    def _be_away(self, request: web.Request) -> None:
        self.asked += 1
        if self.away and request.transport is not None:
            request.transport.abort()


def fact_of(submission: RunSubmission, status: RunStatus = RunStatus.OPEN) -> RunFact:
    """The run as its events would tell it."""
    sessions = tuple(
        SessionFact(
            session_id=part.session_id,
            sequence=part.sequence,
            start_at=datetime.combine(part.start_on, part.start_time, SINGAPORE),
            end_at=datetime.combine(part.end_on, part.end_time, SINGAPORE),
            mode_of_training=part.mode_of_training,
            status=SessionStatus.CANCELLED if part.cancelled else SessionStatus.PLANNED,
        )
        for part in submission.sessions
    )
    return RunFact(
        course_id=UUID(int=50),
        course_reference=submission.course_reference,
        status=status,
        revision=submission.revision,
        registration_opens_on=submission.registration_opens_on,
        registration_closes_on=submission.registration_closes_on,
        start_on=submission.start_on,
        end_on=submission.end_on,
        intake_size=submission.intake_size,
        threshold=submission.threshold,
        min_pax=1,
        mode_of_training=submission.mode_of_training,
        vacancy=submission.vacancy,
        policy_version=1,
        sessions=sessions,
    )


def fact_of_enrolment(submission: EnrolmentSubmission, **changed: Any) -> EnrolmentFact:
    """The enrolment as its events would tell it."""
    fields: dict[str, Any] = {
        "run_id": submission.run_id,
        "trainee_id": submission.trainee.trainee_id,
        "status": submission.status,
        "sponsorship": submission.sponsorship,
        "enrolled_on": submission.enrolled_on,
        "revision": submission.revision,
        "fee_status": submission.fee_status,
        "fee_revision": submission.fee_revision,
        "submitted": True,
        "replaces": submission.replaces,
        "policy_version": 1,
    }
    return EnrolmentFact(**{**fields, **changed})


def fact_of_mark(submission: AttendanceSubmission, **changed: Any) -> AttendanceFact:
    """The mark as its events would tell it; `revision` of a claim check counts what TPGateway must learn of."""
    fields: dict[str, Any] = {
        "session_id": submission.session_id,
        "run_id": submission.run_id,
        "enrolment_id": submission.enrolment_id,
        "state": submission.state,
        "method": submission.method,
        "revision": submission.revision,
        "submission_revision": submission.revision,
        "submitted": True,
    }
    return AttendanceFact(**{**fields, **changed})


def fact_of_result(submission: AssessmentSubmission, **changed: Any) -> AssessmentFact:
    """The result as its events would tell it."""
    fields: dict[str, Any] = {
        "enrolment_id": submission.enrolment_id,
        "run_id": submission.run_id,
        "skill_code": submission.skill_code,
        "attempt": 1,
        "status": submission.status,
        "passed": submission.result == "Pass",
        "assessed_on": submission.assessed_on,
        "revision": submission.revision,
        "submitted": True,
        "rule_version": 1,
    }
    return AssessmentFact(**{**fields, **changed})


class Desk:
    """One tpg-sync with everything around it."""

    def __init__(self, stage: Stage, owner: Owner, gateway: World) -> None:
        self.stage = stage
        self.owner = owner
        self.gateway = gateway
        self.client = TpgClient(stage.runtime.settings, clock=stage.clock)
        self.owners = Owners(stage.runtime.peers)
        self.engine = Engine(stage.runtime, self.client, self.owners)
        self._tended_at: datetime | None = None
        self._sequences: dict[tuple[str, UUID], int] = {}

    # -- what the owner does ------------------------------------------------------------------------------------
    async def publish(self, submission: RunSubmission | None = None) -> UUID:
        submission = submission or run()
        self.owner.runs[submission.run_id] = submission
        await self.hear(RunPublished(run_id=submission.run_id, run=fact_of(submission)))
        return submission.run_id

    async def change(self, run_id: UUID, **changed: Any) -> None:
        """The next revision of a run, as its owner tells it."""
        before = self.owner.runs[run_id]
        after = before.model_copy(update={"revision": before.revision + 1, **changed})
        self.owner.runs[run_id] = after
        await self.hear(RunRescheduled(run_id=run_id, run=fact_of(after)))

    async def cancel(self, run_id: UUID) -> None:
        before = self.owner.runs[run_id]
        after = before.model_copy(update={"revision": before.revision + 1, "status": "cancelled"})
        self.owner.runs[run_id] = after
        await self.hear(RunCancelled(run_id=run_id, run=fact_of(after, RunStatus.CANCELLED)))

    async def enrol(self, submission: EnrolmentSubmission | None = None, **told: Any) -> UUID:
        submission = submission or enrolment()
        self.owner.enrolments[submission.enrolment_id] = submission
        fact = fact_of_enrolment(submission)
        await self.hear(EnrolmentConfirmed(enrolment_id=submission.enrolment_id, enrolment=fact, **told))
        return submission.enrolment_id

    async def change_enrolment(
        self,
        enrolment_id: UUID,
        event: type[EnrolmentEvent] = EnrolmentChanged,
        /,
        grows: str = "revision",
        **changed: Any,
    ) -> None:
        """The next revision of an enrolment (or of its fee, or none), as its owner tells it."""
        before = self.owner.enrolments[enrolment_id]
        told = {name: changed.pop(name) for name in ("successor_id", "reinstated") if name in changed}
        grown = {grows: getattr(before, grows) + 1} if grows else {}
        after = before.model_copy(update={**grown, **changed})
        self.owner.enrolments[enrolment_id] = after
        await self.hear(event(enrolment_id=enrolment_id, enrolment=fact_of_enrolment(after), **told))

    async def forget_names(self, record_type: RecordType) -> None:
        """As if somebody else had made what stands at TPGateway."""
        async with self.stage.units.begin() as uow:
            await uow.session.execute(
                update(SyncRecord).where(col(SyncRecord.record_type) == record_type).values(remote_id=None)
            )

    async def collect_fee(self, enrolment_id: UUID, fee_status: str) -> None:
        await self.change_enrolment(enrolment_id, EnrolmentFeeChanged, grows="fee_revision", fee_status=fee_status)

    async def attend(self, submission: AttendanceSubmission | None = None) -> UUID:
        submission = submission or mark()
        self.owner.marks[submission.attendance_id] = submission
        fact = fact_of_mark(submission)
        await self.hear(AttendanceMarked(attendance_id=submission.attendance_id, attendance=fact))
        return submission.attendance_id

    async def change_mark(
        self, attendance_id: UUID, event: type[AttendanceEvent] = AttendanceCorrected, **changed: Any
    ) -> None:
        before = self.owner.marks[attendance_id]
        after = before.model_copy(update={"revision": before.revision + 1, **changed})
        self.owner.marks[attendance_id] = after
        await self.hear(event(attendance_id=attendance_id, attendance=fact_of_mark(after)))

    async def assess(self, submission: AssessmentSubmission | None = None) -> UUID:
        submission = submission or result()
        self.owner.results[submission.assessment_id] = submission
        fact = fact_of_result(submission)
        await self.hear(AssessmentFinalised(assessment_id=submission.assessment_id, assessment=fact))
        return submission.assessment_id

    async def change_result(
        self, assessment_id: UUID, event: type[AssessmentEvent] = AssessmentAmended, **changed: Any
    ) -> None:
        before = self.owner.results[assessment_id]
        after = before.model_copy(update={"revision": before.revision + 1, **changed})
        self.owner.results[assessment_id] = after
        await self.hear(event(assessment_id=assessment_id, assessment=fact_of_result(after)))

    async def hear(self, event: Event) -> None:
        """As the inbox would: in its envelope, in one transaction."""
        key = (event.aggregate_type, event.aggregate_id)
        self._sequences[key] = self._sequences.get(key, 0) + 1
        async with self.stage.units.begin() as uow:
            envelope = seal(
                event,
                service="owner",
                event_id=uow.new_id(),
                sequence=self._sequences[key],
                at=uow.now(),
                correlation_id=current().correlation_id,
                causation_id=None,
                actor_id="synthetic-person",
                actor_role="ops",
                traceparent=TRACE,
            )
            await handle(handlers.handlers, understand(handlers.handlers, envelope.to_bytes()), uow)

    # -- time ---------------------------------------------------------------------------------------------------
    def advance(self, by: timedelta) -> None:
        self.stage.clock.advance(by)
        self.gateway.clock.advance(by)

    async def work(self, turns: int = 40, *, step: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass in steps, and the engine do in each what is due."""
        for _ in range(turns):
            await _as_a_worker(self.engine.rescue())
            await self._tend_when_due()
            while await _as_a_worker(self.engine.turn()):
                pass
            self.advance(step)

    async def _tend_when_due(self) -> None:
        """As often as a worker would, by the test's own time."""
        now = self.stage.clock.now()
        if self._tended_at is None or now - self._tended_at >= self.stage.runtime.settings.sync_rescue_every:
            self._tended_at = now
            await _as_a_worker(self.engine.tend())

    # -- trouble ------------------------------------------------------------------------------------------------
    def order(self, kind: Kind, **more: Any) -> None:
        self.gateway.faults.add(FaultOrder(kind=kind, **more))

    def outage(self, *, on: bool = True, **more: Any) -> None:
        self.gateway.faults.outage = Outage(on=on, **more)

    # -- what can be seen ---------------------------------------------------------------------------------------
    async def jobs(self, record_id: UUID | None = None) -> Sequence[SyncJob]:
        statement = select(SyncJob).order_by(col(SyncJob.record_type), col(SyncJob.record_id), col(SyncJob.ordinal))
        if record_id is not None:
            statement = statement.where(col(SyncJob.record_id) == record_id)
        async with self.stage.units.reading() as uow:
            return (await uow.session.execute(statement)).scalars().all()

    async def states(
        self, record_id: UUID | None = None, record_type: RecordType | None = None
    ) -> list[tuple[str, str]]:
        return [
            (str(job.kind), str(job.state))
            for job in await self.jobs(record_id)
            if record_type is None or job.record_type is record_type
        ]

    async def last(self, record_id: UUID, record_type: RecordType) -> SyncJob:
        """The newest job of a record."""
        return [job for job in await self.jobs(record_id) if job.record_type is record_type][-1]

    async def record(self, record_id: UUID, record_type: RecordType = RecordType.RUN) -> SyncRecord:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncRecord, (record_type, record_id))

    async def attempts(self) -> Sequence[SyncAttempt]:
        async with self.stage.units.reading() as uow:
            found = await uow.session.execute(select(SyncAttempt).order_by(col(SyncAttempt.started_at)))
            return found.scalars().all()

    async def lane(self) -> SyncLane:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncLane, LANE_ID)

    async def breaker(self, name: str = "host") -> SyncBreaker:
        async with self.stage.units.reading() as uow:
            return await uow.get(SyncBreaker, name)

    async def told(self) -> list[str]:
        """The events said so far, in order, by their short names."""
        return [envelope.event_type for envelope in await self.stage.told()]

    @property
    def remote_runs(self) -> list[Any]:
        return [stored for stored in self.gateway.store.runs.values() if not stored.deleted]

    @property
    def remote_enrolments(self) -> list[Any]:
        """Those that stand."""
        return [one for one in self.gateway.store.enrolments.all() if one.confirmed]

    @property
    def remote_rows(self) -> list[Any]:
        return list(self.gateway.store.attendance.all())

    @property
    def remote_results(self) -> list[Any]:
        return list(self.gateway.store.assessments.all())
