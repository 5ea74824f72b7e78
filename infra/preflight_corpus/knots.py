"""Bends of several fields that belong together, which no bend of one field comes upon by chance."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from infra.preflight_corpus.case import Json, Place, find_at, with_value, without

Knot = tuple[str, Place, Mapping[str, Any]]
"""What it is called, at which object, and what its members are then; ABSENT takes one away."""
GONE: Final = object()
_RUN_NEW: Final[Place] = ("course", "runs", 0)
_RUN: Final[Place] = ("course", "run")
_TRAINEE: Final[Place] = ("enrolment", "trainee")
_ATTENDEE: Final[Place] = ("course", "attendance", "trainee")
_PLACED: Final = {"floor": "02", "unit": "11", "postalCode": "408533", "room": "2A"}


def _dates(opening: int, closing: int, start: int, end: int) -> dict[str, Any]:
    return {
        "registrationDates": {"opening": opening, "closing": closing},
        "courseDates": {"start": start, "end": end},
        "sessions": [],
    }


def _seats(intake: Any, threshold: Any, registered: Any) -> dict[str, Any]:
    return {"intakeSize": intake, "threshold": threshold, "registeredUserCount": registered}


def _runs(at: Place) -> Iterator[Knot]:
    yield "registration closes before it opens", at, _dates(20260320, 20260310, 20260323, 20260403)
    yield "ends before it starts", at, _dates(20260302, 20260310, 20260403, 20260323)
    yield "registration closes after the start", at, _dates(20260302, 20260324, 20260323, 20260403)
    yield "registration closes on the first day", at, _dates(20260302, 20260323, 20260323, 20260403)
    yield "registration opened yesterday", at, _dates(20260301, 20260310, 20260323, 20260403)
    yield "all on one day", at, _dates(20260302, 20260302, 20260302, 20260403)
    yield "more people than seats", at, _seats(10, 2, 13)
    yield "as many people as seats", at, _seats(10, 2, 12)
    yield "more people than seats, no threshold", at, _seats(10, GONE, 11)
    yield "people and no seats", at, _seats(GONE, GONE, 11)
    yield "nobody fits", at, _seats(0, 0, 1)
    for mode in "1234":
        yield f"no venue in mode {mode}", at, {"modeOfTraining": mode, "venue": GONE, "sessions": []}
        for part in _PLACED:
            venue = {name: value for name, value in _PLACED.items() if name != part}
            yield f"no {part} in mode {mode}", at, {"modeOfTraining": mode, "venue": venue, "sessions": []}
        bare = {"modeOfTraining": mode, "venue": {"street": "Demo Road"}}
        yield f"a bare venue copied in mode {mode}", at, {**bare, "sessions": [_session(venue={"primaryVenue": True})]}


def _session(day: str = "20260326", **changed: Any) -> Json:
    session = {"startDate": day, "endDate": day, "startTime": "09:00", "endTime": "17:00", "modeOfTraining": "1"}
    return {**session, "venue": dict(_PLACED), **changed}


def _sessions(run: Place, **line: Any) -> Iterator[Knot]:
    """One session after another, in a run whose dates the same request tells."""

    def only(name: str, **changed: Any) -> Knot:
        dates = _dates(20260302, 20260310, 20260321, 20260403)
        return name, run, {**dates, "sessions": [{**line, **_session(**changed)}]}

    yield only("a session as it should be")
    yield only("a session before the run", day="20260320")
    yield only("a session after the run", day="20260404")
    yield only("a session on the run's last day", day="20260403")
    yield only("a session that ends before it starts", startTime="17:00", endTime="09:00")
    yield only("a session of no length", startTime="09:00", endTime="09:00")
    yield only("a session that ends the day before", endDate="20260325")
    yield only("a session over midnight", endDate="20260327", startTime="22:00", endTime="02:00")
    yield only("a session of two days", endDate="20260327")
    yield only("a session that ends after the run", endDate="20260410")
    yield only("a session without a venue", venue=GONE)
    yield only("a session in an empty venue", venue={})
    yield only("a session that copies", venue={"primaryVenue": True})
    yield only("a session that copies and tells", venue={"primaryVenue": True, "floor": "0000"})
    for mode in "24":
        placeless = {"modeOfTraining": mode, "venue": GONE}
        yield only(f"times reversed in mode {mode}", startTime="17:00", endTime="09:00", **placeless)
        yield only(f"two days in mode {mode}", endDate="20260327", **placeless)
        yield only(f"days reversed in mode {mode}", endDate="20260325", **placeless)
        yield only(f"beyond the run in mode {mode}", endDate="20260410", **placeless)
        yield only(f"a venue in mode {mode}", modeOfTraining=mode, venue={"postalCode": "1"})


def _past(run: Place, **line: Any) -> Iterator[Knot]:
    """In a run that has begun: the moment is the morning of 2 March."""
    running = {"registrationDates": {"opening": 20260302, "closing": 20260302}}
    dates = {**running, "courseDates": {"start": 20260302, "end": 20260403}}
    for name, changed in {
        "over by now": {"startTime": "08:00", "endTime": "09:30"},
        "over this minute": {"startTime": "08:00", "endTime": "10:00"},
        "on at the moment": {"startTime": "08:00", "endTime": "12:00"},
        "over by now, said to last till tomorrow": {"startTime": "08:00", "endTime": "09:30", "endDate": "20260303"},
        "in mode 2, over by its times": {"startTime": "08:00", "endTime": "09:30", "modeOfTraining": "2"},
    }.items():
        session = {**line, **_session("20260302"), **changed}
        yield f"a session {name}", run, {**dates, "sessions": [session]}


def _trainers(run: Place) -> Iterator[Knot]:
    existing = {"trainerType": {"code": "1", "description": "Existing"}, "idNumber": "S1234567D"}
    new = {
        "trainerType": {"code": "2", "description": "New"},
        "idNumber": "S1234567D",
        "idType": {"code": "SP", "description": "Pink"},
        "name": "Synthetic Trainer",
        "email": "trainer@example.com",
        "roles": [{"role": {"id": 1, "description": "Trainer"}}],
        "domainAreaOfPractice": "Wok safety",
        "salutationId": 1,
    }
    for name, trainer in {
        "a new trainer": new,
        "a new trainer with a letter that cannot be": {**new, "idNumber": "S1234567A"},
        "a new trainer without a role": {**new, "roles": []},
        "a new trainer of an unknown kind": {**new, "trainerType": {"code": "3", "description": "Other"}},
        "an existing trainer": existing,
        "an existing trainer with a long name": {**existing, "name": "x" * 67},
        "an existing trainer with an unknown salutation": {**existing, "salutationId": 7},
        "an existing trainer with a name that is a number": {**existing, "name": 7},
        "an existing trainer without an address": {**existing, "email": "nobody"},
    }.items():
        yield name, run, {"linkCourseRunTrainer": [{"trainer": trainer}]}


def _edits() -> Iterator[Knot]:
    named = {"sessionId": "TGS-2026000123-849900-S4"}
    lines: dict[str, Json] = {
        "a named session without an action": {**named, **_session()},
        "a named session to add": {"action": "add", **named, **_session()},
        "an unnamed session to update": {"action": "update", **_session()},
        "an unnamed session to delete": {"action": "delete"},
        "a session to update, in capitals": {"action": "UPDATE", **named, **_session()},
        "a session to replace": {"action": "replace", **named, **_session()},
        "a new session with an empty id": {"action": "add", "sessionId": "", **_session()},
        "a new session with an empty action": {"action": "", **_session()},
        "a session to delete with nonsense beside": {"action": "delete", **named, "startTime": "noon"},
        "a session to delete with a long place beside": {"action": "delete", **named, "venue": {"floor": "0000"}},
        "a session to delete in no mode": {"action": "delete", **named, "modeOfTraining": "0"},
    }
    dates = _dates(20260302, 20260310, 20260321, 20260403)
    for name, line in lines.items():
        yield name, _RUN, {**dates, "sessions": [line]}


def _enrolments() -> Iterator[Knot]:
    yield "an employer pays and none is named", _TRAINEE, {"sponsorshipType": "EMPLOYER", "employer": GONE}
    yield "an employer pays and has no name", _TRAINEE, {"sponsorshipType": "EMPLOYER", "employer": {}}
    nobody = {"uen": "", "contact": {}}
    yield "an employer pays and is empty", _TRAINEE, {"sponsorshipType": "EMPLOYER", "employer": nobody}
    yield (
        "the trainee pays and an employer is named",
        _TRAINEE,
        {
            "sponsorshipType": "INDIVIDUAL",
            "employer": {"uen": "00192200M"},
        },
    )
    yield (
        "the trainee pays and a wrong employer is named",
        _TRAINEE,
        {
            "sponsorshipType": "INDIVIDUAL",
            "employer": {"uen": "1", "contact": {"emailAddress": "nobody"}},
        },
    )
    for kind in ("NRIC", "FIN", "OTHERS", "Others", "nric", "others"):
        for number in (
            "S1234567D",
            "S1234567A",
            "G1234567X",
            "F1234567N",
            "M1234567K",
            "s1234567d",
            " S1234567D ",
            "9",
        ):
            yield f"{number} as {kind}", _TRAINEE, {"idType": {"type": kind}, "id": number}
    yield "a discount alone", _TRAINEE, {"fees": {"discountAmount": 5}}
    yield (
        "a discount of too many digits",
        _TRAINEE,
        {"fees": {"discountAmount": 10**18 + 1, "collectionStatus": "Full Payment"}},
    )
    yield "no fee at all", _TRAINEE, {"fees": {}}
    yield "born today", _TRAINEE, {"dateOfBirth": "2026-03-02"}
    yield "born tomorrow", _TRAINEE, {"dateOfBirth": "2026-03-03"}


def _changes() -> Iterator[Knot]:
    yield "a discount alone", ("enrolment",), {"fees": {"discountAmount": 5}}
    yield "nothing at all", ("enrolment",), dict.fromkeys(("course", "trainee", "employer", "fees"), GONE)
    yield "half a phone", ("enrolment",), {"trainee": {"contactNumber": {"areaCode": ""}}}
    yield "the other spelling of a fee", ("enrolment",), {"fees": {"feecollectionStatus": "Full Payment"}}
    yield "the other spelling of a phone", ("enrolment",), {"trainee": {"contactNumber": {"phone": "91234567"}}}


def _attendee() -> Json:
    contact = {"mobile": "91234567", "areaCode": None, "countryCode": 65}
    person = {"id": "S1234567D", "idType": {"code": "SP"}, "name": "Synthetic Trainee", "contactNumber": contact}
    return {**person, "numberOfHours": 1, "surveyLanguage": {"code": "EL"}}


def _uploads() -> Iterator[Knot]:
    at_work = {"sessionID": "TGS-2026000123-849900-S2"}
    yield "on the job", ("course",), at_work
    for contact in ({"countryCode": 65}, {"countryCode": 65, "mobile": ""}, {"countryCode": 65, "mobile": " "}):
        for email in (GONE, "", " "):
            told = {"email": email, "contactNumber": contact}
            yield f"reachable by {told}".replace(repr(GONE), "none"), _ATTENDEE, told
    withdrawn = {**_attendee(), "id": "S1234567A"}
    yield (
        "withdrawn under a letter that cannot be",
        ("course",),
        {"attendance": {"status": {"code": "4"}, "trainee": withdrawn}},
    )
    yield "a landline alone", _ATTENDEE, {"email": GONE, "contactNumber": {"countryCode": 65, "mobile": "61234567"}}


def _results() -> Iterator[Knot]:
    for kind in ("NRIC", "FIN", "OTHERS"):
        for number in ("S1234567D", "G1234567X", "K1234567"):
            yield f"{number} as {kind}", ("assessment", "trainee"), {"idType": kind, "id": number}
    yield "assessed tomorrow", ("assessment",), {"assessmentDate": "2026-03-31"}
    yield "exempt with a score", ("assessment",), {"result": "Exempt", "score": 5, "grade": "A"}


def _searches() -> Iterator[Knot]:
    yield "days reversed", (), {"meta": {"lastUpdateDateFrom": "2026-03-02", "lastUpdateDateTo": "2026-03-01"}}
    for size in (-1, 0, 1, 100, 101):
        yield f"pages of {size}", (), {"parameters": {"page": 0, "pageSize": size}}
    yield "the page before the first", (), {"parameters": {"page": -1, "pageSize": 20}}
    yield "no page", (), {"parameters": {"pageSize": 20}}
    yield "no page size", (), {"parameters": {"page": 0}}
    yield "no pages", (), {"parameters": GONE}
    yield "the rejected", ("enrolment",), {"status": "Rejected"}


def _all() -> Iterator[tuple[str, Knot]]:
    makers: Mapping[str, tuple[Callable[[], Iterator[Knot]], ...]] = {
        "C1": (
            lambda: _runs(_RUN_NEW),
            lambda: _sessions(_RUN_NEW),
            lambda: _past(_RUN_NEW),
            lambda: _trainers(_RUN_NEW),
        ),
        "C2": (
            lambda: _runs(_RUN),
            lambda: _sessions(_RUN),
            lambda: _sessions(_RUN, action="update", sessionId="TGS-2026000123-849900-S4"),
            lambda: _past(_RUN),
            lambda: _past(_RUN, action="update", sessionId="TGS-2026000123-849900-S4"),
            _edits,
            lambda: _trainers(_RUN),
        ),
        "E1": (_enrolments,),
        "E2": (_changes,),
        "E4": (_searches,),
        "A2": (_uploads,),
        "S1": (_results,),
        "S2": (lambda: (knot for knot in _results() if "as" not in knot[0].split()),),
        "S4": (_searches,),
    }
    for operation, of_operation in makers.items():
        for make in of_operation:
            for knot in make():
                yield operation, knot


def tied(operation: str, body: Json) -> Iterator[tuple[str, Json]]:
    """The body with each knot of its operation in it."""
    for owner, (name, at, members) in _all():
        if owner == operation and isinstance(find_at(body, at), dict):
            yield name, _with(body, at, members)


def _with(body: Json, at: Place, members: Mapping[str, Any]) -> Json:
    for name, value in members.items():
        if value is not GONE:
            body = with_value(body, (*at, name), _without_gone(value))
        elif find_at(body, (*at, name)) is not None:
            body = without(body, (*at, name))
    return body


def _without_gone(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_gone(part) for name, part in value.items() if part is not GONE}
    return [_without_gone(part) for part in value] if isinstance(value, list) else value
