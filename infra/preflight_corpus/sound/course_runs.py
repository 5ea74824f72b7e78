"""Sound publishes and edits of course runs."""

from datetime import date, timedelta
from random import Random
from typing import Final

from infra.preflight_corpus.case import Json
from infra.preflight_corpus.sound.words import (
    day_number,
    day_text,
    email,
    identity,
    maybe,
    text,
)
from infra.preflight_corpus.stage import DAYS, MODES, OPENING, session_id
from infra.tpg_simulator.samples import COURSE, EXISTING_TRAINER_ID, OWN

_PLACELESS: Final = frozenset("24")
_LEVELS: Final = ("0", "N", "X", "01", "13", "39", "45", "64", "83", "92", "N9", "XX")
_STANDING_DAYS: Final = tuple(date.fromisoformat(day) for day in DAYS)


def publish(rng: Random) -> Json:
    """C1: one run, now and then several."""
    runs = [_new_run(rng, number) for number in range(rng.choice((1, 1, 1, 2)))]
    # Two equal runs in one call are one too many, whatever their fields say.
    for number, run in enumerate(runs):
        run["scheduleInfo"] = f"{number} {run['scheduleInfo']}"[:300]
    return _course(runs=runs)


def edit(rng: Random) -> Json:
    """C2: any part of the run that stands, with its sessions changed, removed and added."""
    start = date(2026, 3, 21) + timedelta(days=rng.randrange(3))
    end = date(2026, 4, 3) + timedelta(days=rng.randrange(30))
    mode = rng.choice("123456789")
    run = {
        "action": "update",
        **_told(rng, start, end, mode),
        "registrationDates": _registration(rng, date(2026, 2, 1), min(start, date(2026, 3, 20))),
        "sessions": _session_edits(rng, end),
    }
    optional = ("registrationDates", "courseDates", "scheduleInfoType", "scheduleInfo", "courseAdminEmail")
    run = maybe(rng, run, *optional, "courseVacancy", leave_out=0.15)
    if "courseDates" not in run:
        run["sessions"] = _session_edits(rng, date(2026, 4, 3))
    return _course(run=maybe(rng, run, "sessions", *_FREE, leave_out=0.2))


_FREE: Final = (
    "threshold",
    "registeredUserCount",
    "file",
    "toAppendCourseApplicationURL",
    "courseApplicationUrl",
    "notShownToPublic",
    "linkCourseRunTrainer",
)


def _course(**parts: object) -> Json:
    return {"course": {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": OWN}, **parts}}


def _new_run(rng: Random, number: int) -> Json:
    opening = OPENING.date() + timedelta(days=rng.randrange(5))
    start = opening + timedelta(days=rng.randint(3, 200))
    end = start + timedelta(days=rng.choice((0, 1, 30)))
    mode = rng.choice("123456789")
    run = {
        "sequenceNumber": number,
        **_told(rng, start, end, mode),
        "registrationDates": _registration(rng, opening, start),
    }
    # A session may copy the run's venue only where there is one.
    copies = "venue" in run and mode not in _PLACELESS
    run["sessions"] = [_session(rng, start, end, copies=copies) for _ in range(rng.randrange(4))]
    return maybe(rng, run, "sequenceNumber", "intakeSize", *_FREE, leave_out=0.2)


def _told(rng: Random, start: date, end: date, mode: str) -> Json:
    """What publish and edit tell alike, every field of it."""
    intake, threshold = rng.randint(1, 40), rng.randrange(5)
    run: Json = {
        "courseDates": {"start": day_number(start), "end": day_number(end)},
        "scheduleInfoType": {"code": "01", "description": text(rng, 32)},
        "scheduleInfo": text(rng, 298),
        "venue": _venue(rng, placed=mode not in _PLACELESS),
        "intakeSize": intake,
        "threshold": threshold,
        "registeredUserCount": rng.choice((0, 1, intake)),
        "modeOfTraining": mode,
        "courseAdminEmail": email(rng, 255),
        "courseVacancy": {"code": rng.choice("ALF"), "description": text(rng, 128)},
        "file": rng.choice(({"Name": "", "content": ""}, {"Name": text(rng, 255), "content": "QQ=="})),
        "toAppendCourseApplicationURL": rng.random() < 0.5,  # noqa: PLR2004 - the toss of a coin
        "courseApplicationUrl": "https://example.com/apply",
        "notShownToPublic": rng.random() < 0.5,  # noqa: PLR2004 - as above
        "linkCourseRunTrainer": [_trainer(rng) for _ in range(rng.randrange(3))],
    }
    return run


def _registration(rng: Random, first: date, last: date) -> Json:
    opening = first + timedelta(days=rng.randint(0, (last - first).days))
    closing = opening + timedelta(days=rng.randint(0, (last - opening).days))
    return {"opening": day_number(first if rng.random() < 0.3 else opening), "closing": day_number(closing)}  # noqa: PLR2004 - now and then


def _venue(rng: Random, *, placed: bool) -> Json:
    venue = {
        "block": rng.choice(("", text(rng, 10))),
        "street": text(rng, 32),
        "floor": text(rng, 3),
        "unit": text(rng, 5),
        "building": rng.choice(("", text(rng, 66))),
        "postalCode": rng.choice(("408533", "018989")),
        "room": text(rng, 255),
        "wheelChairAccess": rng.random() < 0.5,  # noqa: PLR2004 - the toss of a coin
    }
    needed = () if placed else ("floor", "unit", "postalCode", "room")
    return maybe(rng, venue, "block", "building", "wheelChairAccess", *needed, leave_out=0.3)


def _session(rng: Random, start: date, end: date, *, copies: bool) -> Json:
    day = start + timedelta(days=rng.randint(0, (end - start).days))
    mode = rng.choice("123456789")
    session = {
        "startDate": day_text(rng, day),
        "endDate": day_text(rng, day if mode not in _PLACELESS else end),
        "startTime": rng.choice(("08:00", "09:00:00", "12:59")),
        "endTime": rng.choice(("13:00", "17:30:30", "23:59")),
        "modeOfTraining": mode,
        "venue": _session_venue(rng, mode, copies=copies),
    }
    return maybe(rng, session, *(["venue"] if mode in _PLACELESS else []), leave_out=0.3)


def _session_venue(rng: Random, mode: str, *, copies: bool) -> Json:
    if copies and rng.random() < 0.4:  # noqa: PLR2004 - now and then
        return {"primaryVenue": True}
    venue = _venue(rng, placed=mode not in _PLACELESS)
    return maybe(rng, {**venue, "primaryVenue": False}, "primaryVenue")


def _session_edits(rng: Random, end: date) -> list[Json]:
    """Some standing sessions told anew or removed, each on its own day or later, and new ones."""
    lines: list[Json] = []
    for number, (day, mode) in enumerate(zip(_STANDING_DAYS, MODES, strict=True), start=1):
        match rng.randrange(4):
            case 0:
                told = _session(rng, day, end, copies=False)
                lines.append({"action": "update", "sessionId": session_id(number), **told})
            case 1:
                line = {"action": "delete", "sessionId": session_id(number), "endDate": day_text(rng, day)}
                lines.append(maybe(rng, line, "endDate"))
            case 2 if mode == "1":
                told = _session(rng, day, day, copies=False)
                lines.append({"action": "update", "sessionId": session_id(number), **told})
            case _:
                pass
    for _ in range(rng.randrange(3)):
        named = {"action": "add"} if rng.random() < 0.3 else {}  # noqa: PLR2004 - now and then
        lines.append({**named, **_session(rng, _STANDING_DAYS[-1], end, copies=False)})
    return lines


def _trainer(rng: Random) -> Json:
    if rng.random() < 0.3:  # noqa: PLR2004 - now and then
        kind = {"code": "1", "description": "Existing"}
        known = {"trainerType": kind, "idNumber": EXISTING_TRAINER_ID, "indexNumber": 0, "id": "synthetic"}
        return {"trainer": maybe(rng, known, "indexNumber", "id")}
    code = rng.choice(("SP", "SB", "SO", "FP", "OT"))
    trainer = {
        "trainerType": {"code": "2", "description": "New"},
        "indexNumber": rng.randrange(3),
        "id": "0b1e7a3c-0000-4000-8000-000000000000",
        "idNumber": identity(rng, {"SP": "NRIC", "SB": "NRIC", "SO": "FIN"}.get(code, "other")),
        "idType": {"code": code, "description": text(rng, 128)},
        "name": text(rng, 66),
        "email": email(rng, 320),
        "roles": [{"role": {"id": role, "description": text(rng, 40)}} for role in rng.choice(((1,), (2,), (1, 2)))],
        "inTrainingProviderProfile": False,
        "domainAreaOfPractice": text(rng, 1000),
        "experience": rng.choice(("", text(rng, 1000))),
        "linkedInURL": rng.choice(("", "https://example.com/in/synthetic", "x" * 255)),
        "salutationId": rng.randint(1, 6),
        "photo": {"name": rng.choice(("", text(rng, 255))), "content": ""},
        "linkedSsecEQAs": [
            {"description": text(rng, 1000), "ssecEQA": {"code": rng.choice(_LEVELS)}} for _ in range(rng.randrange(3))
        ],
    }
    optional = (
        "indexNumber",
        "id",
        "inTrainingProviderProfile",
        "experience",
        "linkedInURL",
        "photo",
        "linkedSsecEQAs",
    )
    return {"trainer": maybe(rng, trainer, *optional, leave_out=0.25)}
