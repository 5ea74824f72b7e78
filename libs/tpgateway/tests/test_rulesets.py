"""The data files: whole, consistent with the code, and in force on the right day."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic.alias_generators import to_camel

from libs.tpgateway.assessments import requests as assessments
from libs.tpgateway.attendance import requests as attendance
from libs.tpgateway.course_runs import parts, requests, trainers
from libs.tpgateway.enrolments import requests as enrolments
from libs.tpgateway.rules import ruleset as rulesets_room
from libs.tpgateway.rules.ruleset import RuleSet, ruleset_on, rulesets
from libs.tpgateway.wire import Sent

ROOM = Path(rulesets_room.__file__).parent
SHAPES: dict[str, type[Sent]] = {
    "run": requests.NewRun,
    "scheduleInfoType": parts.Coded,
    "courseVacancy": parts.Coded,
    "registrationDates": parts.RegistrationDates,
    "courseDates": parts.CourseDates,
    "venue": parts.RunVenue,
    "session": requests.SessionEdit,
    "trainer": trainers.Trainer,
    "role": trainers.Role,
    "qualification": trainers.Qualification,
    "new_enrolment": enrolments.NewEnrolment,
    "enrolment_change": enrolments.EnrolmentChange,
    "enrolment_cancellation": enrolments.EnrolmentCancellation,
    "fee": enrolments.FeeCollection,
    "sought_enrolment": enrolments.SoughtEnrolment,
    "enrolment_search": enrolments.SearchEnrolments,
    "upload": attendance.UploadAttendance,
    "attended_course": attendance.AttendedCourse,
    "new_assessment": assessments.NewAssessment,
    "assessment_change": assessments.AssessmentChange,
    "sought_assessment": assessments.SoughtAssessment,
    "assessment_search": assessments.SearchAssessments,
}
EVERY = pytest.mark.parametrize("rules", rulesets(), ids=lambda rules: rules.name)


@EVERY
def test_every_table_names_fields_that_exist(rules: RuleSet) -> None:
    assert set(rules.fields) == {"course", *SHAPES}
    for table, shape in SHAPES.items():
        for name in rules.fields[table]:
            assert has(shape, name.split(".")), f"{table}: {name}"


def has(shape: object, steps: list[str]) -> bool:
    """Whether a body of this shape can have something at that place."""
    if not steps:
        return True
    options = [shape, *get_args(shape)]
    [model] = [one for one in options if isinstance(one, type) and issubclass(one, Sent)]
    for name, field in model.model_fields.items():
        if steps[0] == (field.alias or to_camel(name)):
            return has(field.annotation, steps[1:])
    return False


def test_a_table_that_named_a_field_wrongly_would_be_found() -> None:
    assert has(enrolments.NewEnrolment, ["trainee", "employer", "contact", "emailAddress"])
    assert not has(enrolments.EnrolmentChange, ["trainee", "emailAddress"])


@EVERY
def test_every_code_list_a_field_names_exists(rules: RuleSet) -> None:
    named = {rule.codes for table in rules.fields.values() for rule in table.values() if rule.codes}
    assert named <= set(rules.codes)
    assert set(rules.id_kinds) <= set(rules.codes["id_type"])
    modes = set(rules.codes["mode_of_training"])
    assert rules.modes.placeless <= modes
    assert rules.modes.untimed <= modes


@EVERY
def test_every_severity_belongs_to_a_rule_in_the_code(rules: RuleSet) -> None:
    source = "".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
    raised = set(re.findall(r'"([a-z_]+)"', source))
    assert set(rules.severity) <= raised


@EVERY
def test_a_file_is_named_for_its_month(rules: RuleSet) -> None:
    assert rules.name == f"{rules.effective_from:%Y-%m}"
    assert (ROOM / f"{rules.name}.toml").exists()


def test_the_newest_set_that_is_in_force_judges() -> None:
    oldest, newest = rulesets()[0], rulesets()[-1]
    assert ruleset_on(newest.effective_from) is newest
    assert ruleset_on(date(2099, 1, 1)) is newest
    assert ruleset_on(oldest.effective_from - timedelta(days=1)) is oldest


def test_codes_carry_their_words() -> None:
    rules = rulesets()[0]
    assert rules.words("vacancy", "L") == "Limited Vacancy"
    assert rules.words("role", 2) == "Assessor"
    assert rules.words("vacancy", "X") == ""
    assert len(rules.codes["ssec_eqa"]) == 59
