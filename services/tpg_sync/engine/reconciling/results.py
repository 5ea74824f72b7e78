"""Where results differ: ASM-01..04. Pure."""

from collections.abc import Iterator, Mapping

from libs.contracts.assessment import AssessmentStatus
from libs.tpgateway.assessments.normal import STANDING, VOID, normal_request, normal_view
from libs.tpgateway.assessments.replies import AssessmentView
from libs.tpgateway.comparing import NormalRecord
from libs.tpgateway.normalising import normal_id, normal_text
from libs.tpgateway.submissions.assessments import create_assessment
from libs.tpgateway.submissions.people import id_number
from services.tpg_sync.client.claims.assessment import AssessmentClaim
from services.tpg_sync.engine.reconciling.copies import Copies, state
from services.tpg_sync.engine.reconciling.enrolments import stands
from services.tpg_sync.engine.reconciling.runs import GONE_THERE, STANDS, digests, narrowed
from services.tpg_sync.engine.reconciling.scene import Finding, Held, Ours, Sight, Theirs
from services.tpg_sync.models import Action, Code, Verdict


def judge_results(ours: Ours, theirs: Theirs, sight: Sight) -> list[Finding]:
    """Every result of ours, then every one there that is none of ours."""
    views = {view.reference: view for view in theirs.results}
    unknown = _unknown(ours, theirs)
    lacking: set[str] = set()
    found: list[Finding] = []
    for held in ours.results:
        if not held.settled:
            continue
        twin = next((view for view in unknown if _same(held, view)), None)
        if _lacks_name(held, views) and twin is not None:
            lacking.add(twin.reference)
        found += _result(held, views, twin, ours, theirs, sight)
    for view in unknown:
        if view.reference not in lacking and not ours.unheard:
            found.append(_foreign(view, sight))
    return found


def _result(
    held: Held[AssessmentClaim],
    views: Mapping[str, AssessmentView],
    twin: AssessmentView | None,
    ours: Ours,
    theirs: Theirs,
    sight: Sight,
) -> Iterator[Finding]:
    status = held.ours.assessment.status
    if status == AssessmentStatus.VOIDED:
        live = next((views[name] for name in held.names if name in views and not views[name].is_void), None)
        if live is not None:
            before = VOID if held.record.remote_id is None else STANDING
            copies = Copies(state(VOID), state(before), state(STANDING))
            yield _finding(held, Code.RESULT_DIFFERS, copies, sight, Action.ASSIGN, live.reference)
        return
    if status != AssessmentStatus.FINAL:
        return
    if _seat_cancelled(held, ours, theirs):
        copies = Copies(state(STANDS), state(STANDS), state("unseated"))
        yield _finding(held, Code.RESULT_UNSEATED, copies, sight, Action.ASSIGN)
    yield from _final(held, views, twin, ours, sight)


def _final(
    held: Held[AssessmentClaim],
    views: Mapping[str, AssessmentView],
    twin: AssessmentView | None,
    ours: Ours,
    sight: Sight,
) -> Iterator[Finding]:
    view = views.get(held.record.remote_id or "")
    if view is None:
        if twin is not None:
            copies = Copies(state(STANDS), state(GONE_THERE), state("unnamed"))
            yield _finding(held, Code.RESULT_UNKNOWN, copies, sight, Action.ADOPT, twin.reference)
            return
        before = STANDS if held.record.remote_id is not None else GONE_THERE
        copies = Copies(state(STANDS), state(before), state(GONE_THERE))
        yield _finding(held, Code.RESULT_MISSING, copies, sight, Action.PUSH)
        return
    acked = None if held.acked is None else _normal(held.acked, ours, sight)
    copies = Copies(_normal(held.ours, ours, sight), acked, normal_view(view))
    if view.is_void:
        copies = copies.only({"status"})
    if copies.verdict is not Verdict.CLEAN:
        yield _finding(held, Code.RESULT_DIFFERS, narrowed(copies), sight, Action.ASSIGN)


def _normal(claim: AssessmentClaim, ours: Ours, sight: Sight) -> NormalRecord:
    request = create_assessment(
        claim.assessment, claim.trainee, run_id=ours.run_ref, uen=sight.uen, tp_code=sight.tp_code
    )
    return normal_request(request, voided=claim.assessment.status == AssessmentStatus.VOIDED)


def _seat_cancelled(held: Held[AssessmentClaim], ours: Ours, theirs: Theirs) -> bool:
    """Whether the place it hangs on stands here and is cancelled there."""
    seat_id = held.ours.assessment.enrolment_id
    seat = next((one for one in ours.enrolments if one.record.record_id == seat_id), None)
    if seat is None or not stands(seat) or not seat.settled:
        return False
    return any(view.reference == seat.record.remote_id and view.is_cancelled for view in theirs.enrolments)


def _lacks_name(held: Held[AssessmentClaim], views: Mapping[str, AssessmentView]) -> bool:
    return held.ours.assessment.status == AssessmentStatus.FINAL and held.record.remote_id not in views


def _unknown(ours: Ours, theirs: Theirs) -> list[AssessmentView]:
    """Standing there and bound to no record of ours; not of those whose own call may be out."""
    bound = {name for held in ours.results for name in held.names} | set(ours.taken)
    unsure = [held for held in ours.results if not held.settled]
    return [
        view
        for view in theirs.results
        if view.reference not in bound and not view.is_void and not any(_same(held, view) for held in unsure)
    ]


def _same(held: Held[AssessmentClaim], view: AssessmentView) -> bool:
    """One person has one standing result for each skill of a run."""
    who = normal_id(view.trainee.id if view.trainee else None)
    skill = normal_text(view.skill_code or "")
    mine = normal_text(held.ours.assessment.skill_code or "")
    return normal_id(id_number(held.ours.trainee)) == who and mine == skill


def _finding(
    held: Held[AssessmentClaim],
    code: Code,
    copies: Copies,
    sight: Sight,
    suggested: Action,
    remote_ref: str | None = None,
) -> Finding:
    return Finding(
        code=code,
        verdict=copies.verdict,
        key=held.record.key,
        enrolment_id=held.ours.assessment.enrolment_id,
        remote_ref=remote_ref or held.record.remote_id,
        fields=copies.fields,
        digests=digests(copies, sight),
        suggested=suggested,
    )


def _foreign(view: AssessmentView, sight: Sight) -> Finding:
    return Finding(
        code=Code.RESULT_UNKNOWN,
        verdict=Verdict.DRIFT,
        remote_ref=view.reference,
        digests=("", "", sight.digest(normal_view(view))),
        suggested=Action.ADOPT,
    )
