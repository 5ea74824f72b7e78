from uuid import UUID

from libs.database.changes import apply
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, FieldError, Refused
from services.course.commands.settling import settled
from services.course.errors import ReferenceFrozen, Unplannable
from services.course.models.course import Course
from services.course.queries.catalogue import published_run_exists
from services.course.queries.runs import ids_of_drafts, lock_runs
from services.course.schemas.course import CoursePatch, CourseWish


async def create_course(uow: UnitOfWork, wish: CourseWish) -> Course:
    """A new offering. Raises Duplicate for a reference that is taken."""
    course = Course(**lineage(uow), **wish.model_dump())
    async with settled(uow, _unique()):
        uow.add(course)
    uow.emit(course.created())
    return course


async def edit_course(uow: UnitOfWork, course_id: UUID, patch: CoursePatch, *, version: int) -> Course:
    """Change the fields sent. The reference stays once a run was published; drafts take the new one along."""
    values = patch.model_dump(exclude_unset=True)
    drafts = await lock_runs(uow, await ids_of_drafts(uow, course_id)) if "reference" in values else []
    course = await uow.get(Course, course_id, for_update=True)
    course.expect(version)
    if values.get("reference", course.reference) != course.reference and await published_run_exists(uow, course_id):
        raise ReferenceFrozen(course_id)
    async with settled(uow, _unique()):
        changes = apply(course, values)
        _judge(course)
        if changes:
            course.touch(uow)
    if not changes:
        return course
    for run in drafts:
        run.course_reference = course.reference
    uow.emit(course.changed(changes))
    return course


async def retire_course(uow: UnitOfWork, course_id: UUID, reason: str | None, *, version: int) -> Course:
    """No new runs; those that exist go on."""
    course = await uow.get(Course, course_id, for_update=True)
    course.expect(version)
    course.touch(uow)
    uow.emit(course.retire(reason))
    return course


def _unique() -> dict[str, Refused]:
    return {"course_reference_key": Duplicate("course", "reference")}


def _judge(course: Course) -> None:
    if course.support_from and course.support_to and course.support_to < course.support_from:
        fix = f"Choose {course.support_from.isoformat()} or a later day."
        raise Unplannable([FieldError("support_to", "date_order", "It lies before support_from.", fix)])
    if course.funded and not (course.support_from and course.support_to):
        fix = "Give both ends of the window, or set funded to false."
        raise Unplannable([FieldError("support_from", "missing", "A funded course needs its funding window.", fix)])
