"""Where we hold back on purpose what the simulator takes: each reason once. Whatever is not listed is a defect."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class Stricter:
    """A finding's code, and where it may stand alone: patterns of an operation and a field, such as `E3 *`."""

    code: str
    reason: str
    where: tuple[str, ...] = ("*",)

    def covers(self, operation: str, field: str, code: str) -> bool:
        return code == self.code and any(fnmatchcase(f"{operation} {field}", pattern) for pattern in self.where)


_CANCELS: Final = (
    "TPGateway ignores what stands beside the action of a cancellation; we send nothing else, so it is a slip."
)
_REMOVES: Final = (
    "TPGateway ignores the rest of a line that removes a session; wrong values there are a slip all the same."
)
STRICTER: Final = (
    Stricter("unknown_field", "TPGateway ignores names it does not know, and a misspelt name would lose its value."),
    Stricter(
        "empty", "Nulls and empty objects are to be left out, but for the one area code of attendance (rule V15)."
    ),
    Stricter("wrong_type", _CANCELS, ("E3 *", "S3 *")),
    Stricter("malformed", _CANCELS, ("E3 *",)),
    Stricter("too_long", _CANCELS, ("E3 *",)),
    Stricter("wrong_type", _REMOVES, ("C2 course.run.sessions[[]*",)),
    Stricter("unknown_value", _REMOVES, ("C2 course.run.sessions[[]*.modeOfTraining",)),
    Stricter(
        "wrong_type",
        "Actions are told apart in any case; we write each in its own spelling.",
        ("C2 course.run.action", "E2 enrolment.action", "S2 assessment.action"),
    ),
    Stricter(
        "unknown_value",
        "A session's action in capitals or empty is understood; we write it in small letters or leave it out.",
        ("C2 course.run.sessions*.action",),
    ),
    Stricter(
        "action_and_id",
        "A session's action in capitals is understood; we write it in small letters.",
        ("C2 course.run.sessions*.action",),
    ),
    Stricter(
        "required",
        "A session's action that is empty or in capitals is understood; we read it as none, or as one of its own.",
        ("C2 course.run.sessions*.sessionId",),
    ),
    Stricter(
        "wrong_type",
        "A null counts as absent, and where we would send an empty text instead it is no text.",
        ("C? *.file.*", "C? *.photo.*", "C? *.ssecEQA.code"),
    ),
    Stricter(
        "wrong_type",
        "A day that may be absent may be an empty text as well; we leave it out.",
        ("E1 enrolment.trainee.enrolmentDate", "S2 assessment.assessmentDate"),
    ),
    Stricter(
        "required",
        "Half a change is understood, the rest staying as it is; we tell a phone or a discount's status whole, and "
        "nothing as an empty text.",
        ("E2 *", "S2 *"),
    ),
    Stricter(
        "required",
        "An empty text counts as absent; where we have nothing to say we leave the field out.",
        ("S1 assessment.grade", "S1 assessment.conferringInstitute.code", "C? *.ssecEQA.code"),
    ),
    Stricter(
        "malformed",
        "Any text is taken for a phone number; one without digits reaches nobody.",
        ("E? *.phoneNumber", "A2 *.mobile"),
    ),
    Stricter(
        "malformed",
        "A search takes any text for a run or a UEN and finds nothing; it is a slip.",
        ("E4 enrolment.course.run.id", "E4 enrolment.trainee.employer.uen", "S4 assessments.course.run.id"),
    ),
    Stricter(
        "malformed",
        "A filter or status of spaces counts as none; a text of spaces is a slip.",
        ("E? *ollectionStatus", "S4 assessments.enrolment.referenceNumber"),
    ),
    Stricter(
        "unknown_value",
        "Rejected stands in one official list and was never seen on the wire; a search for it finds nothing.",
        ("E4 enrolment.status",),
    ),
    Stricter(
        "wrong_check_letter",
        "Whether TPGateway looks at check letters is unknown; we never send one that cannot exist (rule V10).",
        ("C? *.idNumber", "A2 course.attendance.trainee.id"),
    ),
    Stricter(
        "outside_run",
        "A timed session is kept within its first day; one said to last beyond its run is a slip.",
        ("C? *.endDate",),
    ),
    Stricter(
        "already_begun",
        "A session that has begun is not changed any more; the test environment takes it (rule B6).",
        ("C2 course.run.sessions*",),
    ),
    *(
        Stricter(
            code,
            "TPGateway looks at the id number of an existing trainer alone; wrong values beside it are a slip.",
            ("C? *.trainer.*",),
        )
        for code in ("wrong_type", "too_long", "unknown_value", "not_an_email")
    ),
    Stricter("not_an_email", "An address with a space of another script is no address."),
    Stricter("too_long", "More than 15 digits are not the same number on the other side.", ("E? *.discountAmount",)),
)


def reason_of(operation: str, field: str, code: str) -> Stricter | None:
    """Why we are stricter there; None where nobody meant us to be."""
    return next((one for one in STRICTER if one.covers(operation, field, code)), None)
