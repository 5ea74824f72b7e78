"""What people see of submission, and what they may do about what is stuck."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from infra.tpg_simulator.faults import Kind
from libs.access.permissions import Role
from services.tpg_sync.models import JobState, SyncJob
from services.tpg_sync.tests.desk import Desk
from services.tpg_sync.tests.samples import run

JOBS = "/api/v1/sync/jobs"
UNKNOWN_COURSE = "TGS-2026000999"


async def reject_some(desk: Desk, count: int = 3) -> list[UUID]:
    """Runs of a course TPGateway does not know."""
    made = [
        await desk.publish(run(run_id=UUID(int=1_000 + number), course_reference=UNKNOWN_COURSE, sessions=()))
        for number in range(count)
    ]
    await desk.work(3)
    return made


async def first_job(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    listed = await client.get(JOBS, params=query)
    assert listed.status_code == 200, listed.text
    item: dict[str, Any] = listed.json()["items"][0]
    return item


async def test_jobs_are_listed_newest_first_in_pages_and_by_filter(desk: Desk) -> None:
    await reject_some(desk, 3)
    await desk.publish(run(run_id=UUID(int=5)))
    ops = await desk.stage.client(Role.OPS)
    first = (await ops.get(JOBS, params={"limit": 2})).json()
    second = (await ops.get(JOBS, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 2, None]
    assert first["items"][0]["record_id"] == str(UUID(int=5))
    rejected = (await ops.get(JOBS, params={"state": "rejected"})).json()["items"]
    assert len(rejected) == 3
    assert {job["error_code"] for job in rejected} == {rejected[0]["error_code"]}


async def test_jobs_that_failed_alike_are_one_group(desk: Desk) -> None:
    await reject_some(desk, 3)
    await desk.publish(run(run_id=UUID(int=5)))
    ops = await desk.stage.client(Role.OPS)
    [group] = (await ops.get(f"{JOBS}/groups")).json()
    alike = {name: group[name] for name in ("state", "kind", "error_class", "error_code")}
    jobs = (await ops.get(JOBS, params=alike)).json()["items"]
    assert (group["count"], len(jobs)) == (3, 3)
    assert group["first_at"] == min(job["created_at"] for job in jobs)
    assert group["last_at"] == max(job["finished_at"] for job in jobs)


async def test_one_job_shows_its_calls_and_the_time_left(desk: Desk) -> None:
    await reject_some(desk, 1)
    ops = await desk.stage.client(Role.OPS)
    listed = await first_job(ops)
    detail = await ops.get(f"{JOBS}/{listed['id']}")
    assert detail.headers["ETag"] == f'"{listed["version"]}"'
    job = detail.json()
    [attempt] = job["attempts"]
    assert (attempt["operation"], attempt["http_status"]) == ("publish_runs", 400)
    assert attempt["path"] == "/courses/courseRuns/publish"
    assert len(attempt["request_sha256"]) == 64
    assert job["hints"][0]["field"] == "course.courseReferenceNumber"


async def test_a_mended_record_is_requeued_and_arrives(desk: Desk) -> None:
    # given a rejected run that its owner has mended meanwhile, without a new revision
    [run_id] = await reject_some(desk, 1)
    desk.owner.runs[run_id] = run(run_id=run_id, sessions=())
    ops = await desk.stage.client(Role.OPS)
    job = await first_job(ops)
    # when
    answer = await ops.post(
        f"{JOBS}/{job['id']}/requeue",
        json={"reason": "course was renewed"},
        headers={"If-Match": f'"{job["version"]}"'},
    )
    # then
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["series"]) == ("queued", 2)
    await desk.work(3)
    assert len(desk.remote_runs) == 1
    assert (await desk.told())[-1] == "sync.succeeded"


async def test_a_decision_needs_the_version_it_was_made_on(desk: Desk) -> None:
    await reject_some(desk, 1)
    ops = await desk.stage.client(Role.OPS)
    job = await first_job(ops)
    wish = {"reason": "course was renewed"}
    assert (await ops.post(f"{JOBS}/{job['id']}/requeue", json=wish)).status_code == 428
    stale = await ops.post(f"{JOBS}/{job['id']}/requeue", json=wish, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_what_does_not_wait_for_a_person_cannot_be_requeued(desk: Desk) -> None:
    await desk.publish()
    ops = await desk.stage.client(Role.OPS)
    job = await first_job(ops)
    answer = await ops.post(
        f"{JOBS}/{job['id']}/requeue", json={"reason": "impatience"}, headers={"If-Match": f'"{job["version"]}"'}
    )
    assert answer.status_code == 409
    assert answer.json()["allowed"] == ["dead_lettered", "rejected"]


async def test_discarding_is_an_admins_and_is_told_with_its_reason(desk: Desk) -> None:
    await reject_some(desk, 1)
    admin, ops = await desk.stage.client(Role.ADMIN), await desk.stage.client(Role.OPS)
    job = await first_job(admin)
    wish, version = {"reason": "entered twice"}, {"If-Match": f'"{job["version"]}"'}
    assert (await ops.post(f"{JOBS}/{job['id']}/discard", json=wish, headers=version)).status_code == 403
    done = await admin.post(f"{JOBS}/{job['id']}/discard", json=wish, headers=version)
    assert done.json()["state"] == "cancelled"
    told = next(event for event in await desk.stage.told() if event.event_type == "sync.discarded")
    assert (told.data["reason"], told.data["state"]) == ("entered twice", "rejected")


async def test_bulk_requeue_counts_first_and_acts_only_when_told(desk: Desk) -> None:
    await reject_some(desk, 3)
    ops = await desk.stage.client(Role.OPS)
    wish = {"filter": {"state": "rejected"}, "reason": "course was renewed"}
    counted = await ops.post(f"{JOBS}/requeue", json=wish)
    assert counted.json() == {"matching": 3, "requeued": 0, "dry_run": True}
    assert {job.state for job in await desk.jobs()} == {JobState.REJECTED}
    done = await ops.post(f"{JOBS}/requeue", json={**wish, "dry_run": False})
    assert done.json() == {"matching": 3, "requeued": 3, "dry_run": False}
    assert {job.state for job in await desk.jobs()} == {JobState.QUEUED}


async def test_what_was_rejected_since_it_was_seen_is_not_requeued(desk: Desk) -> None:
    await reject_some(desk, 2)
    seen = desk.stage.clock.now()
    desk.advance(timedelta(minutes=5))
    await desk.publish(run(run_id=UUID(int=1_500), course_reference=UNKNOWN_COURSE, sessions=()))
    await desk.work(3)
    ops = await desk.stage.client(Role.OPS)
    wish = {"filter": {"finished_until": seen.isoformat()}, "reason": "course was renewed", "dry_run": False}
    assert (await ops.post(f"{JOBS}/requeue", json=wish)).json()["requeued"] == 2


async def test_what_fails_so_far_is_counted_when_asked_for(desk: Desk) -> None:
    await reject_some(desk, 2)
    desk.order(Kind.RATE_LIMIT, operation="C1", times=1)
    await desk.publish(run(run_id=UUID(int=1_500), sessions=()))
    await desk.work(1)
    ops = await desk.stage.client(Role.OPS)
    assert [group["state"] for group in (await ops.get(f"{JOBS}/groups")).json()] == ["rejected"]
    groups = (await ops.get(f"{JOBS}/groups", params={"failing": True})).json()
    assert {group["state"]: group["count"] for group in groups} == {"rejected": 2, "retry_wait": 1}


async def test_what_was_sent_again_is_followed_until_nothing_of_it_is_on_its_way(desk: Desk) -> None:
    await reject_some(desk, 3)
    ops = await desk.stage.client(Role.OPS)

    async def followed() -> list[list[Any]]:
        told = (await ops.get(f"{JOBS}/requeued")).json()
        return [[group[name] for name in ("kind", "waiting", "trying", "failed_again")] for group in told]

    assert await followed() == []
    wish = {"filter": {"state": "rejected"}, "reason": "course was renewed", "dry_run": False}
    await ops.post(f"{JOBS}/requeue", json=wish)
    assert await followed() == [["run.publish", 3, 0, 0]]
    # when one of them is sent, one is refused again and one still waits
    sent, refused, waits = [job.id for job in await desk.jobs()]
    await take(desk, sent)
    await take(desk, refused, refuse=True)
    assert await followed() == [["run.publish", 1, 1, 1]]
    # and when all of them are back
    await take(desk, sent, refuse=True)
    await take(desk, waits, refuse=True)
    assert await followed() == []


async def take(desk: Desk, job_id: UUID, *, refuse: bool = False) -> None:
    """A worker's steps with a job: it is sent, and perhaps refused."""
    now = desk.stage.clock.now()
    async with desk.stage.units.begin() as uow:
        job = await uow.get(SyncJob, job_id, for_update=True)
        if job.state == JobState.QUEUED:
            job.lease(UUID(int=1), until=now, now=now)
        if refuse:
            job.reject(now, error_class="refused", code="http_400")


async def test_a_records_timeline_tells_the_whole_way(desk: Desk) -> None:
    run_id = await desk.publish()
    await desk.work(5)
    ops = await desk.stage.client(Role.OPS)
    timeline = (await ops.get(f"/api/v1/sync/records/run/{run_id}")).json()
    assert timeline["record"]["remote_id"] == str(desk.remote_runs[0].run_id)
    assert [job["kind"] for job in timeline["jobs"]] == ["run.publish", "run.sessions"]
    assert [attempt["operation"] for job in timeline["jobs"] for attempt in job["attempts"]] == [
        "publish_runs",
        "list_sessions",
    ]
    assert [event["type"] for event in timeline["events"]] == ["sync.queued", "sync.succeeded", "sync.succeeded"]
    assert "S0000001I" not in str(timeline)


async def test_a_record_nobody_submitted_has_no_timeline(desk: Desk) -> None:
    ops = await desk.stage.client(Role.OPS)
    assert (await ops.get(f"/api/v1/sync/records/run/{UUID(int=404)}")).status_code == 404


async def test_status_tells_what_waits_and_what_stops_it(desk: Desk) -> None:
    await reject_some(desk, 2)
    await desk.publish(run(run_id=UUID(int=5)))
    sre = await desk.stage.client(Role.SRE)
    status = (await sre.get("/api/v1/sync/status")).json()
    assert (status["counts"]["rejected"], status["counts"]["queued"]) == (2, 1)
    assert status["environment"] == "simulator"
    assert status["lane"] == {
        "held": False,
        "held_cause": None,
        "held_at": None,
        "rate_per_s": 1000.0,
        "full_rate_per_s": 1000.0,
    }
    groups = ("host", "course_runs", "sessions", "enrolments", "attendance", "assessments")
    assert {breaker["group"]: breaker["state"] for breaker in status["breakers"]} == dict.fromkeys(groups, "closed")


async def test_a_lane_that_is_not_held_cannot_be_released(desk: Desk) -> None:
    sre = await desk.stage.client(Role.SRE)
    answer = await sre.post("/api/v1/sync/lane/release", json={"reason": "just in case"})
    assert (answer.status_code, answer.json()["code"]) == (409, "lane_not_held")


@pytest.mark.parametrize(
    ("role", "status"), [(Role.TRAINER, 403), (Role.FINANCE, 403), (Role.AUDITOR, 200), (Role.SRE, 200)]
)
async def test_who_may_look(desk: Desk, role: Role, status: int) -> None:
    client = await desk.stage.client(role)
    assert (await client.get(JOBS)).status_code == status
