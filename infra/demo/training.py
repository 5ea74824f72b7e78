"""What follows a published run: people and places, four sessions, marks, results, and all of it at TPGateway.

The system's time is moved along with the story, so that sessions begin, sheets lock and runs end as they would.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from infra.audit_verifier import verify
from infra.demo.cast import Cast
from infra.demo.client import Api
from infra.demo.journey import (
    Journey,
    JourneyStopped,
    draft_run,
    publish_run,
    takes_people,
    wait_until,
    wait_until_synced,
)
from infra.demo.people import find_or_make_employer, new_trainee

SEATS: Final = 20
FULL_FEE, NETT_FEE = "400.00", "120.00"
SETTLED_WITHIN_S: Final = 240.0
KNOWN_WITHIN_S: Final = 60.0
COMPARED_WITHIN_S: Final = 120.0
MINUTES: Final = timedelta(minutes=1)
OPEN_STATES: Final = frozenset({"pending", "stale", "unknown"})


@dataclass(slots=True)
class Training:
    """One run with its people, told from registration to results."""

    journey: Journey
    other: Journey
    """Another run of the same course, for who moves on to it."""
    trainees: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    """Enrolments in the order of registration; the last has waited."""
    moved: dict[str, Any] = field(default_factory=dict)
    corrected: dict[str, Any] = field(default_factory=dict)
    voided: dict[str, Any] = field(default_factory=dict)
    reassessed: dict[str, Any] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict)
    evidence: Path | None = None
    """Where the evidence pack was written."""

    @property
    def cast(self) -> Cast:
        return self.journey.cast

    @property
    def ops(self) -> Api:
        return self.journey.api

    @property
    def run_id(self) -> str:
        return str(self.journey.run["id"])

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return sorted(self.journey.run["sessions"], key=lambda session: session["sequence"])

    @property
    def seated(self) -> list[dict[str, Any]]:
        """The twenty who sit in the room."""
        return [place for place in self.places if place["id"] != self.moved["id"]]

    def told_records(self) -> Iterator[tuple[str, str]]:
        """What is worth a look at the end: a name for people, and the record as the sync routes know it."""
        promoted = self.places[-1]["id"]
        yield "the course run", f"run/{self.run_id}"
        yield "the enrolment that waited and was seated", f"enrolment/{promoted}"
        yield "its fee", f"fee/{promoted}"
        yield "the enrolment that moved on", f"enrolment/{self.moved['id']}"
        yield "the mark corrected after the lock", f"attendance/{self.corrected['id']}"
        yield "the presence declared wrong", f"attendance/{self.voided['id']}"
        yield "the result of the second attempt", f"assessment/{self.reassessed['id']}"

    def trace_of_last_result(self) -> str:
        """The trace in which the second attempt came to stand, as the audit log has it."""
        entries = self.cast["auditor"].all("/audit/entries", subject_id=self.reassessed["id"])
        return next(str(entry["trace_id"]) for entry in entries if entry["action"] == "assessment.finalised")


Step = tuple[str, Callable[[Training], str]]


def steps() -> Iterator[Step]:
    """The story, step by step; each answers one line about what it did."""
    yield "another run, for who must move", publish_other_run
    yield "twenty-one trainees, one employer", register_people
    yield "twenty seats, one waits", confirm_places
    yield "one moves on, the one who waits is seated", move_one_on
    yield "finance books fees", collect_fees
    yield "TPGateway has people and fees", wait_for_enrolments
    yield "four sessions, marked by the trainer", mark_sessions
    yield "a late correction and a void", correct_and_void
    yield "the assessor's results, one failed", enter_results
    yield "one is assessed again, and passes", assess_again
    yield "TPGateway has all of it", wait_until_settled
    yield "a certificate anybody can verify", issue_certificate
    yield "nothing is there twice", look_for_doubles
    yield "compared with TPGateway", compare
    yield "the evidence of it all, checked", take_evidence


def publish_other_run(story: Training) -> str:
    draft_run(story.other)
    publish_run(story.other)
    wait_until_synced(story.other)
    runs = [journey.run["id"] for journey in (story.other, story.journey)]
    wait_until(lambda: all(takes_people(story.ops, run) for run in runs), KNOWN_WITHIN_S, lambda: "no seats yet")
    return f"run {story.other.remote_id} from {story.other.run['start_on']}"


def register_people(story: Training) -> str:
    employer = find_or_make_employer(story.ops)
    sponsored = {"sponsorship": "EMPLOYER", "employer_id": employer["id"]}
    for number in range(1, SEATS + 2):
        trainee = new_trainee(story.ops, number)
        pays = sponsored if number % 2 else {"sponsorship": "INDIVIDUAL"}
        wish = {"run_id": story.run_id, "trainee_id": trainee["id"], "full_fee": FULL_FEE, "nett_fee": NETT_FEE, **pays}
        story.trainees.append(trainee)
        story.places.append(story.ops.post("/enrolments", wish))
    return f"{len(story.places)} drafts, {story.trainees[0]['id_number']} and others masked"


def confirm_places(story: Training) -> str:
    story.places = [story.ops.act(_path(place), "confirm") for place in story.places]
    counts = Counter(place["status"] for place in story.places)
    if counts != {"confirmed": SEATS, "waitlisted": 1}:
        raise JourneyStopped(f"of {SEATS + 1} confirmed, {dict(counts)}")
    return "20 confirmed, number 21 waits"


def move_one_on(story: Training) -> str:
    leaving = story.places[4]
    successor = story.ops.act(
        _path(leaving), "transfer", run_id=story.other.run["id"], reason="the shift plan was changed"
    )
    story.moved = story.ops.get(_path(leaving))
    waiting = story.ops.get(_path(story.places[-1]))
    if waiting["status"] != "offered":
        raise JourneyStopped(f"the freed seat was not offered: {waiting['status']}")
    story.places[-1] = story.ops.act(_path(waiting), "accept")
    there, promoted = successor["status"], story.places[-1]["status"]
    return f"number 5 is {story.moved['status']} and {there} there, number 21 {promoted}"


def collect_fees(story: Training) -> str:
    finance = story.cast["finance"]
    for number, place in enumerate(story.seated):
        amount = NETT_FEE if number % 4 else "60.00"
        finance.act(_path(place), "fee", amount=amount)
    return "15 paid in full, 5 in part"


def wait_for_enrolments(story: Training) -> str:
    _settle(lambda: _states(story)["enrolment"] + _states(story)["fee"])
    return f"{story.places[0]['id']} is {story.ops.get(_path(story.places[0]))['remote_id']}, and so on"


def mark_sessions(story: Training) -> str:
    """The trainer marks everybody present, then the exceptions; one who came late is credited less."""
    trainer = story.cast["trainer"]
    absent, late, wrong = story.seated[0], story.seated[1], story.seated[2]
    for number, session in enumerate(story.sessions):
        story.cast.wait_for(_instant(session["start_at"]) + 10 * MINUTES)
        exceptions: list[dict[str, Any]] = []
        if number == 0:
            exceptions = [
                {"enrolment_id": absent["id"], "state": "absent"},
                {"enrolment_id": late["id"], "state": "present", "minutes_credited": 150, "note": "late"},
            ]
        sheet = _open_sheet(trainer, session["id"])
        marks = {"session_id": session["id"], "all_present": True, "exceptions": exceptions}
        answer = trainer.post("/attendance", marks)
        refused = [line for line in answer["outcomes"] if line["outcome"] not in {"applied", "duplicate"}]
        if refused or len(sheet["lines"]) != SEATS:
            raise JourneyStopped(f"a sheet of {len(sheet['lines'])} lines, refused {refused[:2]}")
    _settle(lambda: _states(story)["attendance"])
    story.corrected = _mark_of(story, story.sessions[0]["id"], absent)
    story.voided = _mark_of(story, story.sessions[-1]["id"], wrong)
    return "79 present (one late), 1 absent"


def _open_sheet(trainer: Api, session_id: str) -> dict[str, Any]:
    """Attendance hears of seats a moment after enrolment gave them out."""
    sheet: dict[str, Any] = {}

    def whole() -> bool:
        sheet.update(trainer.get(f"/attendance/sheets/{session_id}"))
        return len(sheet["lines"]) == SEATS

    wait_until(whole, KNOWN_WITHIN_S, lambda: f"{len(sheet.get('lines', []))} lines on the sheet")
    return sheet


def correct_and_void(story: Training) -> str:
    """The sheets lock a day later; from then on ops staff correct, and each says why."""
    story.cast.wait_for(_instant(story.sessions[-1]["end_at"]) + timedelta(hours=25))
    wait_until(lambda: _locked(story) == len(story.sessions), KNOWN_WITHIN_S, lambda: f"{_locked(story)} sheets locked")
    path = f"/attendance/{story.corrected['id']}"
    late = {"state": "present", "reason": "sat in the second row, the sheet was misread"}
    story.corrected = story.ops.patch(path, late, etag=story.ops.etag(path))
    path = f"/attendance/{story.voided['id']}"
    story.voided = story.ops.act(path, "void", reason="marked for somebody of a similar name")
    return f"absent → {story.corrected['state']} after the lock; one presence {story.voided['state']}"


def _locked(story: Training) -> int:
    sheets = story.ops.get("/attendance/sheets", run_id=story.run_id)
    return sum(sheet["state"] == "locked" for sheet in sheets)


def enter_results(story: Training) -> str:
    """In one request: nineteen pass, one is not yet competent. Draft and final in one go, each line for itself."""
    assessor = story.cast["assessor"]
    day = story.sessions[-1]["start_at"]
    lines = [
        {"enrolment_id": place["id"], "result": "NYC" if number == 0 else "C"}
        for number, place in enumerate(story.seated)
    ]
    assessed_on = str(_instant(day).date())
    wish = {"run_id": story.run_id, "assessed_on": assessed_on, "finalise": True, "lines": lines}
    answer = _once_rates_are_known(assessor, wish)
    if answer["finalised"] != SEATS:
        raise JourneyStopped(f"only {answer['finalised']} of {SEATS} results stand")
    return f"{answer['finalised']} final"


def _once_rates_are_known(assessor: Api, wish: dict[str, Any]) -> dict[str, Any]:
    """The corrected attendance reaches assessment a moment later; sent again, a line that stands stays as it is."""
    answers: list[dict[str, Any]] = []

    def taken() -> bool:
        answers.append(assessor.post("/assessments/bulk", wish))
        return not answers[-1]["refused"]

    wait_until(taken, KNOWN_WITHIN_S, lambda: str([line for line in answers[-1]["lines"] if line["code"]][:2]))
    final = sum(answer["finalised"] for answer in answers)
    return {**answers[-1], "finalised": final}


def assess_again(story: Training) -> str:
    assessor = story.cast["assessor"]
    story.cast.wait_for(_instant(story.sessions[-1]["end_at"]) + timedelta(days=3))
    [failed] = assessor.all("/assessments", enrolment_id=story.seated[0]["id"])
    again = {"result": "C", "assessed_on": str(story.journey.today)}
    draft = assessor.act(f"/assessments/{failed['id']}", "re-assess", **again)
    story.reassessed = assessor.act(f"/assessments/{draft['id']}", "finalise")
    return f"attempt {story.reassessed['attempt']}: {story.reassessed['result']}"


def wait_until_settled(story: Training) -> str:
    _settle(lambda: sum(_states(story).values(), Counter[str]()))
    counts = _states(story)
    unsettled = {kind: dict(states) for kind, states in counts.items() if set(states) - {"synced", "not_applicable"}}
    if unsettled:
        raise JourneyStopped(f"not everything is synced: {unsettled}")
    return ", ".join(f"{kind} {states['synced']}" for kind, states in counts.items()) + " synced"


def issue_certificate(story: Training) -> str:
    place = story.seated[0]

    def issued() -> bool:
        found = story.ops.all("/assessments/certificates", enrolment_id=place["id"])
        story.certificate = found[0] if found else {}
        return bool(found)

    wait_until(issued, KNOWN_WITHIN_S, lambda: "no certificate yet")
    code = story.certificate["code"]
    seen = httpx.get(f"{story.cast.gateway}/api/v1/assessments/certificates/verify/{code}", timeout=10).json()
    return f"{code} is {seen['standing']}, asked without a login"


def look_for_doubles(story: Training) -> str:
    """What a client that repeated a create would have left behind."""
    surplus = {
        kind: httpx.get(f"{story.cast.simulator}/_control/checks/equal-{kind}", timeout=10).json()["surplus"]
        for kind in ("runs", "enrolments", "attendance", "assessments")
    }
    if any(surplus.values()):
        raise JourneyStopped(f"TPGateway holds things twice: {surplus}")
    return "0 doubles among runs, enrolments, attendance and assessments"


def compare(story: Training) -> str:
    """Read everything of the run back from TPGateway, and hold it against ours and what was acknowledged."""
    made = story.ops.post("/sync/reconciliations", {"run_id": story.run_id})
    path = f"/sync/reconciliations/{made['id']}"
    wait_until(lambda: story.ops.get(path)["finished_at"] is not None, COMPARED_WITHIN_S, lambda: "still reading")
    found = story.ops.all("/sync/discrepancies", run_id=story.run_id)
    if found:
        raise JourneyStopped(f"differs from TPGateway: {[one['code'] for one in found]}")
    calls = sum(step["calls"] for step in story.ops.get(path)["run_steps"])
    return f"{calls} reads, and nothing differs"


def take_evidence(story: Training) -> str:
    """What an auditor takes home, and checks with nothing but the verifier and a key that was had another way."""
    auditor = story.cast["auditor"]
    pack = auditor.download(f"/compliance/evidence/{story.run_id}", {"reason": "yearly review"})
    story.evidence = story.cast.layout.run / f"evidence-{story.journey.remote_id}.zip"
    story.evidence.write_bytes(pack)
    keys = httpx.get(f"{story.cast.gateway}/api/v1/audit/checkpoints/keys", timeout=10).json()["items"]
    findings = verify.check(pack, keys[-1]["public_key"])
    if findings.told():
        raise JourneyStopped(f"the evidence does not hold: {findings.told()[0]}")
    return f"{story.evidence}, nothing in it was changed"


def _states(story: Training) -> dict[str, Counter[str]]:
    """How far TPGateway holds each kind of record of this run, by sync state."""
    ops, run = story.ops, story.ops.get(f"/course-runs/{story.run_id}")
    places = [ops.get(_path(place)) for place in ops.all("/enrolments", run_id=story.run_id)]
    marks = ops.all("/attendance", run_id=story.run_id)
    results = ops.all("/assessments", run_id=story.run_id)
    return {
        "run": Counter([run["sync"]["state"]]),
        "enrolment": Counter(place["sync"]["state"] for place in places),
        "fee": Counter(place["fee_sync"]["state"] for place in places),
        "attendance": Counter(mark["sync_state"] for mark in marks),
        "assessment": Counter(result["sync_state"] for result in results),
    }


def _settle(states: Callable[[], Counter[str]]) -> None:
    """Wait until nothing of these is on its way any more."""
    seen: Counter[str] = Counter()

    def settled() -> bool:
        seen.clear()
        seen.update(states())
        return not OPEN_STATES & set(seen)

    wait_until(settled, SETTLED_WITHIN_S, lambda: f"sync states {dict(seen)}")


def _mark_of(story: Training, session_id: str, place: dict[str, Any]) -> dict[str, Any]:
    [mark] = story.ops.all("/attendance", session_id=session_id, enrolment_id=place["id"])
    return mark


def _path(place: dict[str, Any]) -> str:
    return f"/enrolments/{place['id']}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
