"""Whether the partner, course and run that a `/tpg/*` request names are the caller's and belong together."""

from dataclasses import dataclass
from typing import TypeVar

from infra.tpg_simulator.ledger import Ledger
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Detail, Problems, Refusal, WrongProvider
from infra.tpg_simulator.runs.paging import read_whole
from infra.tpg_simulator.seed import Course
from infra.tpg_simulator.stored import Stored

BLANK = "TGS-441 - Required fields cannot be blank"
NOT_THE_CALLER = "TGS-405 - Invalid training partner UEN"
UNKNOWN_COURSE = "TGS-406 - Invalid course reference number"
FOREIGN_COURSE = "Course does not belong to the Training Partner"
FOREIGN_COURSE_FIELD = "course.referenceNumber"
S = TypeVar("S", bound=Stored)


@dataclass(frozen=True, slots=True)
class Names:
    """What one operation calls the fields it complains about: the real gateway's prefixes differ within a reply."""

    uen: str
    code: str
    course: str
    run: str


def problems_of(headline: str) -> Problems:
    """Collect problems in the words of the tpg family."""
    return Problems(headline=headline, blank_text=BLANK)


def open_root(call: Call, name: str, headline: str) -> Json:
    """Read the root object of a request or refuse."""
    root = call.body.get(name) if isinstance(call.body, dict) else None
    if isinstance(root, dict):
        return root
    raise Refusal(400, headline, [Detail(name, BLANK if root is None else "Must be an object.")])


def find_own(call: Call, ledger: Ledger[S], what: str) -> S:
    """Find the record named in the path: 404 when there is none, 403 when it is another provider's."""
    record = ledger.find(call.path["ref"])
    if record is None or record.deleted:
        raise Refusal(404, details=[Detail("", f"No {what} found.")])
    if record.provider_uen != call.provider_uen:
        raise WrongProvider
    return record


def find_run(call: Call, named: Json, names: Names, problems: Problems) -> CourseRun | None:
    """Settle the run of a create; None after telling what is wrong with course or run."""
    course = _own_course(call, named.get("referenceNumber"), names, problems)
    run_id = named.get("run", {}).get("id")
    if course is None or run_id is None:
        return None
    return own_run(call, run_id, course.reference, names, problems)


def _own_course(call: Call, reference: str | None, names: Names, problems: Problems) -> Course | None:
    if reference is None:
        return None
    course = call.world.seed.find_course(reference)
    if course is None or course.renewed_as is not None:
        problems.add(names.course, UNKNOWN_COURSE)
    elif course.provider != call.provider_uen:
        problems.add(FOREIGN_COURSE_FIELD, FOREIGN_COURSE)
    else:
        return course
    return None


def own_run(call: Call, run_id: str, reference: str, names: Names, problems: Problems) -> CourseRun | None:
    """Find a living, visible run of this course; None after telling what is wrong with it."""
    number = read_whole(run_id)
    run = None if number is None else call.world.store.runs.get(number)
    if run is None or run.deleted or run.visible_at > call.world.clock.now() or run.provider_uen != call.provider_uen:
        problems.add(names.run, "Invalid course run ID")
    elif run.course_reference != reference:
        problems.add(names.run, "Course run does not belong to this course")
    else:
        return run
    return None


def check_partner(call: Call, partner: Json, names: Names, problems: Problems) -> None:
    """Refuse at once when the partner is somebody else and nothing else is wrong; else tell it among the rest."""
    uen, code = partner.get("uen"), partner.get("code")
    foreign = uen is not None and uen != call.provider_uen
    if foreign and not problems.details:
        raise WrongProvider
    if foreign:
        problems.add(names.uen, NOT_THE_CALLER)
    if code is not None and not _is_code_of(code, call.provider_uen):
        problems.add(names.code, NOT_THE_CALLER)


def _is_code_of(code: str, uen: str) -> bool:
    """A partner code is the UEN, a dash and two digits, most often `01`."""
    beginning, dash, ending = code.rpartition("-")
    return beginning == uen and bool(dash) and len(ending) == len("01") and ending.isascii() and ending.isdigit()
