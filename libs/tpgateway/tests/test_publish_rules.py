"""Publishing: sound payloads pass, and every single breach is found where it is. All people are synthetic."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.sources import singapore_day
from libs.tpgateway import samples
from libs.tpgateway.course_runs.requests import PublishRequest
from libs.tpgateway.rules.course_runs import judge_publish
from libs.tpgateway.rules.finding import Severity, blocking
from libs.tpgateway.rules.ruleset import ruleset_on

TODAY = singapore_day(samples.NOW)
RULES = ruleset_on(TODAY)
NRICS = ["S1234567D", "T0000001E"]
FINS = ["F1234567N", "G1234567X", "M1234567K"]
Json = dict[str, Any]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Text that says something, in any script, up to the longest TPGateway takes."""
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=longest)


@st.composite
def venues(draw: st.DrawFn) -> Json:
    return samples.venue(
        block=draw(st.text(max_size=10)),
        street=draw(texts(32)),
        floor=draw(texts(3)),
        unit=draw(texts(5)),
        building=draw(st.text(max_size=66)),
        postalCode=draw(st.integers(0, 999_999).map("{:06}".format)),
        room=draw(texts(255)),
        wheelChairAccess=draw(st.booleans()),
    )


@st.composite
def trainers(draw: st.DrawFn) -> Json:
    if draw(st.booleans()):
        return samples.existing_trainer(idNumber=draw(texts(50)))
    kind = draw(st.sampled_from(sorted(RULES.codes["id_type"])))
    numbers = {"SP": st.sampled_from(NRICS), "SB": st.sampled_from(NRICS), "SO": st.sampled_from(FINS)}
    roles = draw(st.lists(st.sampled_from([1, 2]), min_size=1, max_size=2, unique=True))
    return samples.new_trainer(
        idType={"code": kind, "description": RULES.words("id_type", kind)},
        idNumber=draw(numbers.get(kind, texts(50))),
        name=draw(texts(66)),
        roles=[{"role": {"id": role, "description": RULES.words("role", role)}} for role in roles],
        salutationId=draw(st.integers(1, 6)),
        domainAreaOfPractice=draw(texts(1000)),
    )


@st.composite
def sessions(draw: st.DrawFn, start: date, end: date) -> Json:
    mode = draw(st.sampled_from("123456789"))
    first = draw(st.dates(start, end))
    last = first if RULES.is_timed(mode) else draw(st.dates(first, end))
    begin, finish = sorted([draw(st.integers(0, 1439)), draw(st.integers(0, 1439))])
    spelling = draw(st.sampled_from(["%Y%m%d", "%Y-%m-%d"]))
    place = draw(venues()) if RULES.needs_place(mode) else None
    return {
        "startDate": first.strftime(spelling),
        "endDate": last.strftime(spelling),
        "startTime": f"{begin // 60:02}:{begin % 60:02}",
        "endTime": f"{finish // 60:02}:{finish % 60:02}",
        "modeOfTraining": mode,
        **({"venue": place} if place else {}),
    }


@st.composite
def publishes(draw: st.DrawFn) -> Json:
    opening = TODAY + timedelta(days=draw(st.integers(0, 60)))
    closing = opening + timedelta(days=draw(st.integers(0, 60)))
    start = max(closing, TODAY + timedelta(days=1)) + timedelta(days=draw(st.integers(0, 60)))
    end = start + timedelta(days=draw(st.integers(0, 60)))
    intake, threshold = draw(st.integers(0, 500)), draw(st.integers(0, 50))
    vacancy = draw(st.sampled_from("ALF"))
    return samples.publish_body(
        registrationDates={"opening": int(f"{opening:%Y%m%d}"), "closing": int(f"{closing:%Y%m%d}")},
        courseDates={"start": int(f"{start:%Y%m%d}"), "end": int(f"{end:%Y%m%d}")},
        scheduleInfo=draw(texts(300)),
        venue=draw(venues()),
        intakeSize=intake,
        threshold=threshold,
        registeredUserCount=draw(st.integers(0, intake + threshold)),
        modeOfTraining=draw(st.sampled_from("123456789")),
        courseVacancy={"code": vacancy, "description": RULES.words("vacancy", vacancy)},
        sessions=draw(st.lists(sessions(start, end), min_size=1, max_size=4)),
        linkCourseRunTrainer=draw(st.lists(trainers(), max_size=3)),
    )


@given(body=publishes())
def test_sound_payloads_pass(body: Json) -> None:
    assert blocking(judge_publish(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN)) == []
    typed = PublishRequest.model_validate(body)
    assert blocking(judge_publish(typed, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN)) == []


def test_a_plain_one_gives_no_warning_either() -> None:
    assert judge_publish(samples.publish_body(), now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN) == []


def put(body: Json, path: str, value: Any) -> None:
    """Set, or with `...` remove, what stands at a dotted path."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part: Any = body
    for step in steps:
        part = part[step]
    if value is ...:
        del part[last]
    else:
        part[last] = value


RUN, SESSION, TRAINER = "course.runs.0", "course.runs.0.sessions.0", "course.runs.0.linkCourseRunTrainer.0.trainer"
REQUIRED = [
    "course.courseReferenceNumber",
    "course.trainingProvider",
    "course.trainingProvider.uen",
    "course.runs",
    f"{RUN}.registrationDates",
    f"{RUN}.registrationDates.opening",
    f"{RUN}.registrationDates.closing",
    f"{RUN}.courseDates",
    f"{RUN}.courseDates.start",
    f"{RUN}.courseDates.end",
    f"{RUN}.scheduleInfoType",
    f"{RUN}.scheduleInfoType.code",
    f"{RUN}.scheduleInfoType.description",
    f"{RUN}.scheduleInfo",
    f"{RUN}.venue",
    f"{RUN}.venue.floor",
    f"{RUN}.venue.unit",
    f"{RUN}.venue.postalCode",
    f"{RUN}.venue.room",
    f"{RUN}.modeOfTraining",
    f"{RUN}.courseAdminEmail",
    f"{RUN}.courseVacancy",
    f"{RUN}.courseVacancy.code",
    f"{RUN}.courseVacancy.description",
    f"{SESSION}.startDate",
    f"{SESSION}.endDate",
    f"{SESSION}.startTime",
    f"{SESSION}.endTime",
    f"{SESSION}.modeOfTraining",
    f"{SESSION}.venue",
    f"{SESSION}.venue.floor",
    f"{SESSION}.venue.unit",
    f"{SESSION}.venue.postalCode",
    f"{SESSION}.venue.room",
    f"{TRAINER}.trainerType",
    f"{TRAINER}.trainerType.code",
    f"{TRAINER}.trainerType.description",
    f"{TRAINER}.idNumber",
    f"{TRAINER}.idType.code",
    f"{TRAINER}.idType.description",
    f"{TRAINER}.name",
    f"{TRAINER}.email",
    f"{TRAINER}.roles",
    f"{TRAINER}.roles.0.role.id",
    f"{TRAINER}.roles.0.role.description",
    f"{TRAINER}.domainAreaOfPractice",
    f"{TRAINER}.salutationId",
]
LONGEST = {
    "course.courseReferenceNumber": 100,
    "course.trainingProvider.uen": 15,
    f"{RUN}.scheduleInfoType.code": 2,
    f"{RUN}.scheduleInfoType.description": 32,
    f"{RUN}.scheduleInfo": 300,
    f"{RUN}.venue.block": 10,
    f"{RUN}.venue.street": 32,
    f"{RUN}.venue.floor": 3,
    f"{RUN}.venue.unit": 5,
    f"{RUN}.venue.building": 66,
    f"{RUN}.venue.postalCode": 6,
    f"{RUN}.venue.room": 255,
    f"{RUN}.modeOfTraining": 1,
    f"{RUN}.courseAdminEmail": 255,
    f"{RUN}.courseVacancy.code": 1,
    f"{RUN}.courseVacancy.description": 128,
    f"{RUN}.file.Name": 255,
    f"{SESSION}.modeOfTraining": 1,
    f"{SESSION}.venue.room": 255,
    f"{TRAINER}.trainerType.code": 1,
    f"{TRAINER}.trainerType.description": 128,
    f"{TRAINER}.idNumber": 50,
    f"{TRAINER}.idType.code": 2,
    f"{TRAINER}.idType.description": 128,
    f"{TRAINER}.name": 66,
    f"{TRAINER}.email": 320,
    f"{TRAINER}.domainAreaOfPractice": 1000,
    f"{TRAINER}.experience": 1000,
    f"{TRAINER}.linkedInURL": 255,
    f"{TRAINER}.id": 50,
    f"{TRAINER}.linkedSsecEQAs.0.description": 1000,
    f"{TRAINER}.linkedSsecEQAs.0.ssecEQA.code": 2,
}
WRONG: list[tuple[str, Any, str]] = [
    ("course.trainingProvider.uen", "12", "malformed"),
    ("course.trainingProvider.uen", "00192200M", "not_caller"),
    (f"{RUN}.registrationDates.opening", 20260228, "in_the_past"),
    (f"{RUN}.registrationDates.opening", "20260301", "wrong_type"),
    (f"{RUN}.registrationDates.closing", 20260324, "after_start"),
    (f"{RUN}.courseDates.end", 20260322, "before_start"),
    (f"{RUN}.venue.postalCode", "40853A", "malformed"),
    (f"{RUN}.intakeSize", -1, "negative"),
    (f"{RUN}.intakeSize", "20", "wrong_type"),
    (f"{RUN}.threshold", -1, "negative"),
    (f"{RUN}.registeredUserCount", -1, "negative"),
    (f"{RUN}.modeOfTraining", "0", "unknown_value"),
    (f"{RUN}.modeOfTraining", 1, "wrong_type"),
    (f"{RUN}.courseAdminEmail", "ops@example", "not_an_email"),
    (f"{RUN}.courseVacancy.code", "X", "unknown_value"),
    (f"{RUN}.file", {}, "empty"),
    (f"{RUN}.venue.block", None, "empty"),
    (f"{RUN}.File", {"Name": ""}, "unknown_field"),
    (f"{SESSION}.startDate", "20260322", "outside_run"),
    (f"{SESSION}.endDate", "20260325", "outside_run"),
    (f"{SESSION}.endDate", "20260322", "before_start"),
    (f"{SESSION}.endTime", "08:59", "before_start"),
    (f"{SESSION}.startDate", 20260323, "wrong_type"),
    (f"{SESSION}.modeOfTraining", "A", "unknown_value"),
    (f"{TRAINER}.trainerType.code", "3", "unknown_value"),
    (f"{TRAINER}.idNumber", "S1234567A", "wrong_check_letter"),
    (f"{TRAINER}.idNumber", "1234567", "wrong_check_letter"),
    (f"{TRAINER}.idType.code", "XX", "unknown_value"),
    (f"{TRAINER}.email", "trainer", "not_an_email"),
    (f"{TRAINER}.roles", [], "required"),
    (f"{TRAINER}.roles.0.role.id", 3, "unknown_value"),
    (f"{TRAINER}.salutationId", 7, "unknown_value"),
    (f"{TRAINER}.linkedSsecEQAs.0.ssecEQA.code", "99", "unknown_value"),
]
BREACHES = [
    *((path, ..., "required") for path in REQUIRED),
    *((path, " ", "required") for path in REQUIRED if path.rsplit(".", 1)[-1] in {"scheduleInfo", "floor", "name"}),
    *((path, "x" * (longest + 1), "too_long") for path, longest in LONGEST.items()),
    *WRONG,
]


def wire_path(path: str) -> str:
    return "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in path.split(".")).lstrip(".")


@pytest.mark.parametrize(("path", "value", "code"), BREACHES)
def test_each_single_breach_is_found_where_it_is(path: str, value: Any, code: str) -> None:
    body = samples.publish_body()
    put(body, path, value)
    found = blocking(judge_publish(body, now=samples.NOW, ruleset=RULES, caller_uen=samples.UEN))
    assert (wire_path(path), code) in {(finding.field, finding.code) for finding in found}
    assert all(finding.message.endswith(".") and finding.fix.endswith(".") for finding in found)


ANYWHERE: list[tuple[str, str, Callable[[Json], Any]]] = [
    (f"{RUN}.scheduleInfo", "too_long", lambda _: "x" * 301),
    (f"{RUN}.courseAdminEmail", "not_an_email", lambda _: "nobody"),
    (f"{RUN}.modeOfTraining", "unknown_value", lambda _: "0"),
    (f"{RUN}.registrationDates.opening", "in_the_past", lambda _: 20260228),
    (f"{RUN}.registrationDates.closing", "required", lambda _: ...),
    (f"{RUN}.courseVacancy.code", "unknown_value", lambda _: "a"),
    (f"{RUN}.intakeSize", "below_registered", lambda run: run["registeredUserCount"] - run["threshold"] - 1),
    (f"{RUN}.venue.street", "too_long", lambda _: "x" * 33),
    (f"{SESSION}.endDate", "outside_run", lambda _: "20991231"),
    (f"{SESSION}.startDate", "wrong_type", lambda _: 20260323),
    (f"{SESSION}.modeOfTraining", "unknown_value", lambda _: "10"),
]


@given(body=publishes(), breach=st.sampled_from(ANYWHERE))
def test_no_surrounding_hides_a_breach(body: Json, breach: tuple[str, str, Callable[[Json], Any]]) -> None:
    path, code, value = breach
    bent = deepcopy(body)
    put(bent, path, value(bent["course"]["runs"][0]))
    found = blocking(judge_publish(bent, now=samples.NOW, ruleset=RULES))
    assert (wire_path(path), code) in {(finding.field, finding.code) for finding in found}


def codes_of(body: Json, **rules: Any) -> dict[str, str]:
    found = judge_publish(body, now=samples.NOW, ruleset=RULES.model_copy(update=rules))
    return {finding.code: finding.severity.value for finding in found}


def test_a_session_that_is_over_is_not_published() -> None:
    later = samples.NOW + timedelta(days=22, hours=5)  # 23 March, 17:00 in Singapore: as the session ends
    found = judge_publish(samples.publish_body(), now=later, ruleset=RULES)
    assert ("course.runs[0].sessions[0].endDate", "already_ended") in {(one.field, one.code) for one in found}


def test_an_untimed_session_lasts_until_its_last_midnight() -> None:
    evening = samples.NOW + timedelta(days=22, hours=11, minutes=58)  # 23 March, 23:58 in Singapore
    untimed = samples.session(modeOfTraining="2", startTime="08:00", endTime="09:00")
    body = samples.publish_body(sessions=[untimed])
    assert [one.code for one in judge_publish(body, now=evening, ruleset=RULES)] == ["in_the_past"]


def test_what_is_only_odd_warns() -> None:
    assert codes_of(samples.publish_body(sessions=[])) == {"no_sessions": "warn"}
    overnight = samples.session(endDate="20260324", startTime="22:00", endTime="23:00")
    assert codes_of(samples.publish_body(sessions=[overnight])) == {"several_days": "warn"}
    fin_as_nric = samples.new_trainer(idNumber="F1234567N")
    assert codes_of(samples.publish_body(linkCourseRunTrainer=[fin_as_nric])) == {"wrong_id_kind": "warn"}
    odd_uen = samples.publish_body()
    odd_uen["course"]["trainingProvider"]["uen"] = "197401143Z"
    assert codes_of(odd_uen) == {"uen_check_letter": "warn"}
    unknown_kind = samples.publish_body()
    unknown_kind["course"]["trainingProvider"]["uen"] = "T01XX6132A"
    assert codes_of(unknown_kind)["uen_entity_type"] == "warn"


@pytest.mark.parametrize("mode", ["2", "4"])
def test_modes_without_a_place_need_none(mode: str) -> None:
    bare = samples.session(modeOfTraining=mode)
    del bare["venue"]
    body = samples.publish_body(modeOfTraining=mode, sessions=[bare])
    del body["course"]["runs"][0]["venue"]
    assert codes_of(body) == {}


def test_a_session_that_copies_the_runs_venue_needs_one_to_copy() -> None:
    copying = samples.session(venue={"primaryVenue": True})
    assert codes_of(samples.publish_body(sessions=[copying])) == {}
    nowhere = samples.publish_body(modeOfTraining="2", sessions=[copying])
    del nowhere["course"]["runs"][0]["venue"]
    assert codes_of(nowhere) == {"required": "block"}


def test_an_existing_trainer_is_judged_by_the_id_number_alone() -> None:
    assert codes_of(samples.publish_body(linkCourseRunTrainer=[samples.existing_trainer()])) == {}
    nameless = samples.publish_body(linkCourseRunTrainer=[samples.existing_trainer(idNumber="")])
    assert codes_of(nameless) == {"required": "block"}


def test_a_rule_set_decides_how_hard_a_rule_is() -> None:
    early = {"opening": 20260228, "closing": 20260320}
    body = samples.publish_body(registrationDates=early)
    assert codes_of(body) == {"in_the_past": "block"}
    assert codes_of(body, severity={"in_the_past": "warn"}) == {"in_the_past": "warn"}
    assert codes_of(body, severity={"in_the_past": "off"}) == {}


def test_today_is_singapores() -> None:
    """At 00:30 on the 2nd in Singapore it is still the 1st in UTC."""
    after_midnight = samples.NOW.replace(hour=16, minute=30)
    found = judge_publish(samples.publish_body(), now=after_midnight, ruleset=RULES)
    assert [finding.code for finding in found] == ["in_the_past"]


def test_several_runs_are_told_apart() -> None:
    body = samples.publish_body()
    body["course"]["runs"].append(samples.run(scheduleInfo=""))
    [finding] = judge_publish(body, now=samples.NOW, ruleset=RULES)
    assert finding.field == "course.runs[1].scheduleInfo"
    assert finding.severity is Severity.BLOCK
    assert finding.message == "The schedule text is missing."


def test_findings_never_quote_a_person() -> None:
    wrong = samples.new_trainer(idNumber="S1234567A", email="someone-at-example", name="Somebody" * 10)
    body = samples.publish_body(linkCourseRunTrainer=[wrong], courseAdminEmail="somebody-at-example")
    told = str(judge_publish(body, now=samples.NOW, ruleset=RULES))
    for personal in ("S1234567A", "someone", "Somebody", "somebody"):
        assert personal not in told
