"""What a refusal rests on: the request's own fields, or what the server knows and no request tells.

Which course there is, who is enrolled and what was stored before is not for a look at the request to foresee.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from infra.preflight_corpus.case import Case, find_at
from infra.preflight_corpus.stage import CLOSING, Refused

Detail = tuple[str, str]
_RUN_BEFORE_IT: Final = re.compile(r"^Run -?\d+: ")
_KNOWN_TO_THE_SERVER: Final = (
    "Invalid course reference number",
    "TGS-406",
    "Course does not belong to the Training Partner",
    "Course run does not belong to this course",
    "Course run already exists",
    "Invalid course run ID",
    "No course run found",
    "FIELD_ERROR: Existing_Trainer_NotFound",
    "No such session on this course run",
    "Trainee is not enrolled on this course run",
    "Skill does not belong to this course",
    "A past session cannot be deleted",
    "A session that has started cannot be changed",
)
_SESSION: Final = re.compile(r"course\.run\.sessions(?:\[(?P<line>\d+)\]|\((?P<id>.*)\))")
_ORDER: Final = ("startDate", "endDate", "startTime", "endTime", "modeOfTraining")


def on_field_grounds(case: Case, refused: Refused | None) -> tuple[Detail, ...]:
    """Those complaints that the request alone explains; none for an accepted one, or for what only the server knows."""
    if refused is None:
        return ()
    plain = ((field, _RUN_BEFORE_IT.sub("", message)) for field, message in refused.details)
    told = tuple(detail for detail in plain if not detail[1].startswith(_KNOWN_TO_THE_SERVER))
    judge = _BY_OPERATION.get(case.operation)
    return told if judge is None else tuple(detail for detail in told if judge(case.body, *detail))


def _told_by_edit(body: Any, field: str, message: str) -> bool:
    """An edit lays what it tells over what stands: a clash between the two is not the request's alone."""
    run = find_at(body, ("course", "run"))
    for beginning, tells in _WHAT_AN_EDIT_TELLS.items():
        if message.startswith(beginning):
            return tells(run, field)
    return True


def _tells_place(run: Any, field: str) -> bool:
    if not _SESSION.match(field):
        return _tells(run, "modeOfTraining", "venue")
    line = _line_of(run, field)
    copies = find_at(line, ("venue", "primaryVenue")) is True
    standing = _tells(line, "sessionId") and not _tells(line, "venue")
    return _tells(line, "modeOfTraining") and not standing and (_tells(run, "venue") if copies else True)


_WHAT_AN_EDIT_TELLS: Final[dict[str, Callable[[Any, str], bool]]] = {
    "Session must lie inside": lambda run, field: _tells(run, "courseDates") and _tells(_line_of(run, field), *_ORDER),
    "Session start must not be after": lambda run, field: _tells(_line_of(run, field), *_ORDER),
    "Registration must close on or before": lambda run, _: _tells(run, "courseDates", "registrationDates"),
    "Must not be more than intake size": lambda run, _: _tells(run, "intakeSize", "threshold", "registeredUserCount"),
    "This field is required for this mode": _tells_place,
}


def _line_of(run: Any, field: str) -> Any:
    """The line of the edit that a complaint is about; None for a session that no line speaks of."""
    found = _SESSION.match(field)
    lines = find_at(run, ("sessions",))
    if found is None or not isinstance(lines, list):
        return None
    if found["line"]:
        return find_at(lines, (int(found["line"]),))
    return next((line for line in lines if find_at(line, ("sessionId",)) == found["id"]), None) or _added(lines, found)


def _added(lines: list[Any], found: re.Match[str]) -> Any:
    """A session just made is named after the standing ones, in the order of the lines that add."""
    number = int(found["id"].rpartition("-S")[2]) - len(_STANDING)
    added = [line for line in lines if not find_at(line, ("sessionId",))]
    return find_at(added, (number - 1,)) if number > 0 else None


_STANDING: Final = range(4)


def _tells(part: Any, *names: str) -> bool:
    return all(find_at(part, (name,)) is not None for name in names)


def _told_by_result(body: Any, field: str, message: str) -> bool:
    """When its course began is the server's to know; what day it is, everybody knows."""
    if field == "assessment.assessmentDate" and message.startswith("Must lie between"):
        day = find_at(body, ("assessment", "assessmentDate"))
        return isinstance(day, str) and day > f"{CLOSING:%Y-%m-%d}"
    return True


_BY_OPERATION: Final[dict[str, Callable[[Any, str, str], bool]]] = {
    "C2": _told_by_edit,
    "S1": _told_by_result,
    "S2": _told_by_result,
}
