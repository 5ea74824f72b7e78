"""A run's results in one request: each line stands or falls alone, and sent again it is the same line."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

from libs.contracts.assessment import AssessmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Conflict, Forbidden, Invalid, Refused, UnknownReference, WrongWords
from services.assessment.commands.entering import enter, reassess, redraft
from services.assessment.commands.finalising import finalise_held
from services.assessment.commands.holding import Asker, Held, code_of, hold
from services.assessment.errors import AlreadyAssessed
from services.assessment.models.assessment import Assessment
from services.assessment.models.words import Vault
from services.assessment.queries.assessments import attempts_at, lock_enrolments
from services.assessment.schemas.assessment import AssessmentWish, ReassessWish
from services.assessment.schemas.bulk import BulkLine, BulkView, BulkWish, LineFinding, LineView, Verdict

Outcome = tuple[Assessment, Verdict]


async def take_all(uow: UnitOfWork, wish: BulkWish, vault: Vault, asker: Asker) -> BulkView:
    """Enter, change and (when wished) finalise every line that can be; the others say why not.

    Safe to repeat: a line is known again by enrolment, skill and attempt, and what stands already is left as it is.
    """
    if wish.finalise and not asker.finalises:
        raise Forbidden("Finalising needs a role with that right; send the lines without it to keep them as drafts.")
    known = await lock_enrolments(uow, {line.enrolment_id for line in wish.lines}, only_user=asker.own)
    on_run = {key for key, enrolment in known.items() if enrolment.run_id == wish.run_id}
    views = []
    for number, line in enumerate(wish.lines, start=1):

        async def take(line: BulkLine = line) -> Outcome:
            if line.enrolment_id not in on_run:
                raise UnknownReference("enrolment_id", "enrolment of the run", line.enrolment_id)
            return await _take(uow, wish, line, vault, asker)

        views.append(await _judged(uow, number, line, take))
    return _counted(wish, views)


async def _judged(uow: UnitOfWork, number: int, line: BulkLine, take: Callable[[], Awaitable[Outcome]]) -> LineView:
    """One line in a savepoint of its own: a refused one leaves nothing behind, no event either."""
    about: dict[str, Any] = {
        "number": number,
        "enrolment_id": line.enrolment_id,
        "skill_code": line.skill_code,
        "attempt": line.attempt,
    }
    try:
        async with uow.savepoint():
            assessment, verdict = await take()
    except Refused as refusal:
        return LineView(
            **about,
            verdict=Verdict.REFUSED,
            code=refusal.code,
            message=refusal.message,
            findings=_findings(refusal),
            allowed=list(refusal.allowed) if isinstance(refusal, Conflict) else [],
        )
    return LineView(**about, verdict=verdict, assessment_id=assessment.id)


async def _take(uow: UnitOfWork, wish: BulkWish, line: BulkLine, vault: Vault, asker: Asker) -> Outcome:
    assessment, verdict = await _put(uow, wish, line, vault, asker)
    if wish.finalise and assessment.status is AssessmentStatus.DRAFT:
        held = await hold(uow, assessment.id, asker, version=None)
        return await finalise_held(held, vault, asker), Verdict.FINALISED
    return assessment, verdict


async def _put(uow: UnitOfWork, wish: BulkWish, line: BulkLine, vault: Vault, asker: Asker) -> Outcome:
    """The line as a draft, or as what it has become already."""
    assessed_on = line.assessed_on or wish.assessed_on
    if assessed_on is None:
        raise WrongWords("assessed_on", "missing", "Neither line nor request says the day.", "Say when.")
    attempts = await attempts_at(uow, line.enrolment_id, code_of(line.model_dump()))
    same = next((each for each in attempts if each.attempt == line.attempt), None)
    if same is not None:
        return await _again(await hold(uow, same.id, asker, version=None), wish, line, assessed_on, vault, asker)
    given = {"assessed_on": assessed_on, "assessor_id": wish.assessor_id}
    words = line.model_dump(include={"result", "score", "grade"})
    if line.attempt == 1 and not attempts:
        first = AssessmentWish(enrolment_id=line.enrolment_id, skill_code=line.skill_code, **given, **words)
        return await enter(uow, first, vault, asker), Verdict.ENTERED
    newest = _before(line, attempts)
    again = ReassessWish(**given, **words)
    return await reassess(uow, newest.id, again, vault, asker, version=None), Verdict.ENTERED


async def _again(held: Held, wish: BulkWish, line: BulkLine, assessed_on: date, vault: Vault, asker: Asker) -> Outcome:
    """A line that was sent before. A draft takes what is new; what stands is amended by itself, not in passing."""
    assessment, version = held.assessment, held.assessment.version
    sent: dict[str, Any] = {**line.model_dump(include={"result", "score", "grade"}), "assessed_on": assessed_on}
    if assessment.status is AssessmentStatus.DRAFT:
        if wish.assessor_id is not None:
            sent["assessor_id"] = wish.assessor_id
        draft = await redraft(held, sent, vault, asker)
        return draft, Verdict.UNCHANGED if draft.version == version else Verdict.CHANGED
    now = assessment.words(vault)
    same = assessment.assessed_on == assessed_on and now == now.with_values(sent)
    if same and assessment.status is AssessmentStatus.FINAL:
        return assessment, Verdict.UNCHANGED
    raise AlreadyAssessed(assessment.id, assessment.status.value, allowed=("amend", "propose"))


def _before(line: BulkLine, attempts: Sequence[Assessment]) -> Assessment:
    """The attempt this one follows. Raises WrongWords when it would leave one out."""
    if not attempts or attempts[0].attempt != line.attempt - 1:
        raise WrongWords("attempt", "out_of_order", "The attempt before this one is not known.", "Count from 1 on.")
    return attempts[0]


def _findings(refusal: Refused) -> list[LineFinding]:
    if not isinstance(refusal, Invalid):
        return []
    return [
        LineFinding(field=each.field, code=each.code, message=each.message, fix=each.fix) for each in refusal.fields
    ]


def _counted(wish: BulkWish, views: list[LineView]) -> BulkView:
    counts = {verdict.value: sum(view.verdict is verdict for view in views) for verdict in Verdict}
    return BulkView(run_id=wish.run_id, lines=views, **counts)
