"""A training as it happens: twenty people, four sessions, a late correction, a void, overrides, a second attempt."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from infra.audit_verifier.tests.town import ASSESSOR, TRAINER, Town
from libs.access.permissions import Role
from libs.sources import SINGAPORE
from libs.testing.people import trainee_wish

SEATS: Final = 20
SHORT: Final = 2
"""The place of who attended too little in the end."""
START: Final = date(2026, 3, 23)
LATE_REASON, VOID_REASON = "sat in the second row, the sheet was misread", "marked for somebody of a similar name"
AMEND_REASON, WAIVE_REASON = "a page of the paper had been left out", "the run was confirmed by letter"
RULE_REASON = "the void was the sheet's fault, the person was there"
OVERRIDE_REASON = "came from a cancelled run of another provider"
MONEY: Final = ("412.37", "123.91", "61.53")
"""The full fee, the nett fee and what some have paid: amounts nothing else is by chance."""


@dataclass(slots=True)
class Story:
    town: Town
    run: dict[str, Any] = field(default_factory=dict)
    trainees: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    corrected: str = ""
    voided: str = ""
    failed: str = ""
    amended: str = ""
    waived: str = ""

    @property
    def run_id(self) -> str:
        return str(self.run["id"])

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return sorted(self.run["sessions"], key=lambda session: session["sequence"])


async def draft(town: Town) -> Story:
    """A run that nobody was told of yet."""
    course = await town.post(
        Role.OPS,
        "course",
        "/courses",
        {
            "reference": "TGS-2026000123",
            "title": "Basic Wok Safety (synthetic)",
            "funded": True,
            "support_from": "2026-01-01",
            "support_to": "2026-12-31",
            "planned_minutes": 720,
            "modes": ["1", "8"],
        },
    )
    venue = await town.post(
        Role.OPS,
        "course",
        "/venues",
        {
            "name": "Demo Kitchen (synthetic)",
            "street": "Demo Road",
            "floor": "02",
            "unit": "11",
            "postal_code": "408533",
            "room": "2A",
            "capacity": 24,
        },
    )
    trainers = [await town.post(Role.OPS, "course", "/trainers", wish) for wish in _trainers()]
    run = await town.post(Role.OPS, "course", "/course-runs", _run(course["id"], venue["id"], trainers))
    await town.ferry()
    return Story(town, run)


def _trainers() -> list[dict[str, Any]]:
    first = {"name": "Synthetic Trainer", "email": "trainer@example.com", "id_type": "SP", "id_number": "S1234567D"}
    second = {"name": "Synthetic Assessor", "email": "assessor@example.com", "id_type": "SP", "id_number": "T0000001E"}
    return [
        {**first, "roles": [1], "existing": True, "user_id": str(TRAINER)},
        {
            **second,
            "roles": [1, 2],
            "user_id": str(ASSESSOR),
            "salutation": 2,
            "domain_area_of_practice": "Kitchen safety",
        },
    ]


def _run(course_id: str, venue_id: str, trainers: list[dict[str, Any]]) -> dict[str, Any]:
    slots = [(START + timedelta(days=number // 2), 9 if number % 2 == 0 else 14) for number in range(4)]
    sessions = [
        {
            "start_at": datetime.combine(day, time(hour), SINGAPORE).astimezone(UTC).isoformat(),
            "end_at": datetime.combine(day, time(hour + 3), SINGAPORE).astimezone(UTC).isoformat(),
            "mode_of_training": "1" if number < 3 else "8",
        }
        for number, (day, hour) in enumerate(slots)
    ]
    return {
        "course_id": course_id,
        "registration_opens_on": "2026-03-02",
        "registration_closes_on": "2026-03-18",
        "start_on": str(START),
        "end_on": str(START + timedelta(days=1)),
        "intake_size": SEATS,
        "threshold": 0,
        "mode_of_training": "1",
        "schedule_info": "Mon-Tue 9am-5pm",
        "admin_email": "ops@example.com",
        "venue_id": venue_id,
        "trainers": [{"trainer_id": one["id"], "roles": one["roles"]} for one in trainers],
        "sessions": sessions,
    }


async def whole(town: Town) -> Story:
    """All of it, until TPGateway holds everything."""
    story = await draft(town)
    await _publish(story)
    await _enrol(story)
    await _attend(story)
    await _correct(story)
    await _assess(story)
    await _amend_and_waive(story)
    await town.settle()
    return story


async def _publish(story: Story) -> None:
    path = f"/course-runs/{story.run_id}"
    story.run = await story.town.post(Role.OPS, "course", f"{path}/publish", {}, at=path)
    await story.town.settle()


async def _enrol(story: Story) -> None:
    """The last one comes after the registration closed, by override."""
    town = story.town
    for number in range(1, SEATS + 1):
        late: dict[str, Any] = {}
        role = Role.OPS
        if number == SEATS:
            await town.go_to(datetime(2026, 3, 20, 4, tzinfo=UTC))
            late, role = {"override": True, "reason": OVERRIDE_REASON}, Role.ADMIN
        trainee = await town.post(Role.OPS, "enrolment", "/trainees", trainee_wish(number))
        wish = {
            "run_id": story.run_id,
            "trainee_id": trainee["id"],
            "sponsorship": "INDIVIDUAL",
            "full_fee": MONEY[0],
            "nett_fee": MONEY[1],
            **late,
        }
        place = await town.post(role, "enrolment", "/enrolments", wish)
        path = f"/enrolments/{place['id']}"
        story.places.append(await town.post(role, "enrolment", f"{path}/confirm", {}, at=path))
        story.trainees.append(trainee)
        amount = MONEY[1] if number % 4 else MONEY[2]
        await town.post(Role.FINANCE, "enrolment", f"{path}/fee", {"amount": amount}, at=path)
    await town.settle()


async def _attend(story: Story) -> None:
    """The trainer marks everybody present but for one, who seems to be absent from the first session."""
    town = story.town
    for number, session in enumerate(story.sessions):
        await town.go_to(datetime.fromisoformat(session["start_at"]) + timedelta(minutes=10))
        exceptions: list[dict[str, Any]] = []
        if number == 0:
            exceptions = [
                {"enrolment_id": story.places[0]["id"], "state": "absent"},
                {"enrolment_id": story.places[1]["id"], "state": "present", "minutes_credited": 150, "note": "late"},
            ]
        marks = {"session_id": session["id"], "all_present": True, "exceptions": exceptions}
        answer = await town.post(Role.TRAINER, "attendance", "/attendance", marks)
        assert {line["outcome"] for line in answer["outcomes"]} <= {"applied", "duplicate"}
        await town.settle()


async def _mark(story: Story, session: int, place: int) -> str:
    query = {"session_id": story.sessions[session]["id"], "enrolment_id": story.places[place]["id"]}
    found = await story.town.get(Role.OPS, "attendance", "/attendance", **query)
    return str(found["items"][0]["id"])


async def _correct(story: Story) -> None:
    """A day later the sheets are locked, and each change needs a reason."""
    town = story.town
    await town.go_to(datetime.fromisoformat(story.sessions[-1]["end_at"]) + timedelta(hours=25))
    story.corrected, story.voided = await _mark(story, 0, 0), await _mark(story, 2, SHORT)
    late = {"state": "present", "reason": LATE_REASON}
    await town.patch(Role.OPS, "attendance", f"/attendance/{story.corrected}", late)
    path = f"/attendance/{story.voided}"
    await town.post(Role.OPS, "attendance", f"{path}/void", {"reason": VOID_REASON}, at=path)
    await town.settle()


async def _assess(story: Story) -> None:
    """One attended too little and is assessed by override; one is not yet competent, and is assessed again."""
    town = story.town
    day = datetime.fromisoformat(story.sessions[-1]["start_at"]).astimezone(SINGAPORE).date()
    lines = [
        {"enrolment_id": place["id"], "result": "NYC" if number == 0 else "C", "score": 40 if number == 0 else 87}
        for number, place in enumerate(story.places)
        if number != SHORT
    ]
    wish = {"run_id": story.run_id, "assessed_on": str(day), "finalise": True, "lines": lines}
    answer = await town.post(Role.ASSESSOR, "assessment", "/assessments/bulk", wish)
    assert answer["finalised"] == SEATS - 1, answer
    wish = {"enrolment_id": story.places[SHORT]["id"], "result": "C", "assessed_on": str(day)}
    short = await town.post(Role.ASSESSOR, "assessment", "/assessments", wish)
    path = f"/assessments/{short['id']}"
    rule = {"reason": RULE_REASON}
    await town.post(Role.ADMIN, "assessment", f"{path}/override", rule, at=path)
    await town.post(Role.ASSESSOR, "assessment", f"{path}/finalise", {}, at=path)
    await town.go_to(town.clock.now() + timedelta(days=3))
    by_place = {one["enrolment_id"]: one for one in (await _results(story))["items"]}
    story.failed, story.amended = by_place[story.places[0]["id"]]["id"], by_place[story.places[5]["id"]]["id"]
    path = f"/assessments/{story.failed}"
    again = {"result": "C", "assessed_on": str((town.clock.now()).astimezone(SINGAPORE).date())}
    second = await town.post(Role.ASSESSOR, "assessment", f"{path}/re-assess", again, at=path)
    path = f"/assessments/{second['id']}"
    await town.post(Role.ASSESSOR, "assessment", f"{path}/finalise", {}, at=path)
    await town.settle()


async def _results(story: Story) -> Any:
    return await story.town.get(Role.OPS, "assessment", "/assessments", run_id=story.run_id)


async def _amend_and_waive(story: Story) -> None:
    """After the window for amendments two persons are needed; and an admin lets a missed duty go."""
    town, path = story.town, f"/assessments/{story.amended}"
    await town.go_to(town.clock.now() + timedelta(days=10))
    await town.post(Role.OPS, "assessment", f"{path}/proposals", {"score": 93, "reason": AMEND_REASON}, at=path)
    shown = await town.get(Role.ADMIN, "assessment", path)
    proposal = shown["open_proposal"]["id"]
    await town.post(Role.ADMIN, "assessment", f"{path}/proposals/{proposal}/approve", {}, at=path)
    missed = await town.get(Role.ADMIN, "tpg-sync", "/compliance/obligations", key="run_confirm", breached="true")
    story.waived = missed["items"][0]["id"]
    path = f"/compliance/obligations/{story.waived}"
    await town.post(Role.ADMIN, "tpg-sync", f"{path}/waive", {"reason": WAIVE_REASON}, at=path)
