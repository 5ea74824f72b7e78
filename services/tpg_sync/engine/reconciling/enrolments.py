"""Where the places on a run differ: ENR-01..07. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from libs.contracts.submissions import EnrolmentSubmission
from libs.contracts.tpg_sync import RecordType
from libs.tpgateway.comparing import Kind, NormalRecord
from libs.tpgateway.enrolments.normal import CANCELLED, CONFIRMED, KIND_OF, normal_request, normal_view
from libs.tpgateway.enrolments.replies import EnrolmentView
from libs.tpgateway.normalising import normal_id
from libs.tpgateway.submissions.enrolments import create_enrolment
from services.tpg_sync.client.claims.enrolment import STANDING
from services.tpg_sync.engine.reconciling.copies import Copies, state
from services.tpg_sync.engine.reconciling.runs import GONE_THERE, STANDS, digests, narrowed
from services.tpg_sync.engine.reconciling.scene import Finding, Held, Ours, Sight, Theirs, person
from services.tpg_sync.models import Action, Code, Verdict

FEE_STATUS: Final = "trainee.fees.collectionStatus"
RUN: Final = "course.run.id"


def _named(*kinds: Kind) -> frozenset[str]:
    return frozenset(name for name, kind in KIND_OF.items() if kind in kinds)


FEE_FIELDS: Final = frozenset({FEE_STATUS})
CONTACT_FIELDS: Final = _named(Kind.CONTACT, Kind.FEE) - FEE_FIELDS
IDENTITY_FIELDS: Final = _named(Kind.IDENTITY, Kind.SPONSORSHIP, Kind.PLACE) - {RUN}
"""The day of enrolment is none of these: nothing can change it there, and no record is made anew for it."""


def judge_enrolments(ours: Ours, theirs: Theirs, sight: Sight) -> list[Finding]:
    """Every place of ours, then every place there that is none of ours."""
    return [*_judge_own(ours, theirs, sight), *_judge_others(ours, theirs, sight)]


def seen_person(view: EnrolmentView) -> str:
    return normal_id(view.trainee.id if view.trainee else None)


def stands(held: Held[EnrolmentSubmission]) -> bool:
    """Who withdraws stays enrolled at TPGateway, with the attendance they have."""
    return held.ours.status in STANDING


def _judge_own(ours: Ours, theirs: Theirs, sight: Sight) -> Iterator[Finding]:
    views = {view.reference: view for view in (*theirs.elsewhere.values(), *theirs.enrolments)}
    unknown = {seen_person(view): view for view in reversed(_unknown(ours, theirs))}
    for held in ours.enrolments:
        if not held.settled:
            continue
        if stands(held):
            yield from _standing(held, views, unknown, ours, sight)
        else:
            yield from _given_up(held, views, sight)


def _standing(
    held: Held[EnrolmentSubmission],
    views: Mapping[str, EnrolmentView],
    unknown: Mapping[str, EnrolmentView],
    ours: Ours,
    sight: Sight,
) -> Iterator[Finding]:
    view = views.get(held.record.remote_id or "")
    if view is None:
        twin = unknown.get(person(held))
        acked = STANDS if held.record.remote_id is not None else GONE_THERE
        if twin is None:
            copies = Copies(state(STANDS), state(acked), state(GONE_THERE))
            yield _finding(held, Code.ENROLMENT_MISSING, copies, sight)
        else:
            copies = Copies(state(STANDS), state(GONE_THERE), state("unnamed"))
            yield _finding(held, Code.ENROLMENT_UNKNOWN, copies, sight, Action.ADOPT, twin.reference)
    elif view.is_cancelled:
        copies = Copies(state(CONFIRMED), state(_acked_status(held)), state(CANCELLED))
        yield _finding(held, Code.ENROLMENT_STATUS, copies, sight, Action.ASSIGN)
    elif view.run_id not in {None, ours.run_ref}:
        moved = Copies(*(NormalRecord({RUN: text}) for text in (ours.run_ref, ours.run_ref, view.run_id or "")))
        yield _finding(held, Code.ENROLMENT_MISSING, moved, sight)
    else:
        yield from _fields(held, view, ours, sight)


def _given_up(held: Held[EnrolmentSubmission], views: Mapping[str, EnrolmentView], sight: Sight) -> Iterator[Finding]:
    live = next((views[name] for name in held.names if name in views and not views[name].is_cancelled), None)
    if live is not None:
        copies = Copies(state(CANCELLED), state(_acked_status(held)), state(CONFIRMED))
        yield _finding(held, Code.ENROLMENT_STATUS, copies, sight, Action.ASSIGN, live.reference)


def _acked_status(held: Held[EnrolmentSubmission]) -> str:
    return CANCELLED if held.record.remote_id is None else CONFIRMED


def _fields(held: Held[EnrolmentSubmission], view: EnrolmentView, ours: Ours, sight: Sight) -> Iterator[Finding]:
    fee = ours.fees.get(held.record.record_id)
    mine = _normal(held.ours, ours, sight)
    copies = Copies(mine, _acked(held, fee, ours, sight), normal_view(view))
    for code, names, action in (
        (Code.ENROLMENT_FEE, FEE_FIELDS, Action.PUSH),
        (Code.ENROLMENT_CONTACT, CONTACT_FIELDS, Action.PUSH),
        (Code.ENROLMENT_IDENTITY, IDENTITY_FIELDS, Action.REPLACE),
    ):
        part = copies.only(names)
        if part.verdict is Verdict.CLEAN or (code is Code.ENROLMENT_FEE and fee is not None and not fee.settled):
            continue
        yield _finding(held, code, narrowed(part), sight, action)


def _acked(
    held: Held[EnrolmentSubmission], fee: Held[EnrolmentSubmission] | None, ours: Ours, sight: Sight
) -> NormalRecord | None:
    """What was acknowledged last; of the fee, whichever call told it last."""
    if held.acked is None:
        return None
    acked = _normal(held.acked, ours, sight)
    if fee is None or fee.acked is None or fee.record.acked_at is None:
        return acked
    if held.record.acked_at is not None and held.record.acked_at >= fee.record.acked_at:
        return acked
    told = _normal(fee.acked, ours, sight).fields
    return NormalRecord({**acked.fields, **{name: told[name] for name in FEE_FIELDS if name in told}})


def _normal(claim: EnrolmentSubmission, ours: Ours, sight: Sight) -> NormalRecord:
    request = create_enrolment(claim, run_id=ours.run_ref, uen=sight.uen, tp_code=sight.tp_code)
    return normal_request(request, status=CONFIRMED if claim.status in STANDING else CANCELLED)


def _finding(
    held: Held[EnrolmentSubmission],
    code: Code,
    copies: Copies,
    sight: Sight,
    suggested: Action = Action.PUSH,
    remote_ref: str | None = None,
) -> Finding:
    about = RecordType.FEE if code is Code.ENROLMENT_FEE else RecordType.ENROLMENT
    return Finding(
        code=code,
        verdict=copies.verdict,
        key=(about, held.record.record_id),
        enrolment_id=held.record.record_id,
        remote_ref=remote_ref or held.record.remote_id,
        fields=copies.fields,
        digests=digests(copies, sight),
        suggested=suggested,
    )


# -------------------------------------------------------------------------------------------------- places not of ours


def _unknown(ours: Ours, theirs: Theirs) -> list[EnrolmentView]:
    """Confirmed there and bound to no record of ours, oldest first; not of those whose own call may be out."""
    bound = {name for held in ours.enrolments for name in held.names} | set(ours.taken)
    unsure = {person(held) for held in ours.enrolments if not held.settled}
    return [
        view
        for view in theirs.enrolments
        if view.reference not in bound and not view.is_cancelled and seen_person(view) not in unsure
    ]


def _judge_others(ours: Ours, theirs: Theirs, sight: Sight) -> Iterator[Finding]:
    if ours.unheard:
        return
    unknown = _unknown(ours, theirs)
    seated = _seated(ours, theirs.enrolments)
    for name in dict.fromkeys(seen_person(view) for view in unknown):
        views = [view for view in unknown if seen_person(view) == name]
        if name in seated:
            kept: Iterable[EnrolmentView] = ()
        elif _lacking(ours, name):
            kept = views[:1]  # it is told beside our own record, which it belongs to
        else:
            kept = [_keeper(views, theirs)]
            yield from (_foreign(view, Code.ENROLMENT_UNKNOWN, sight, Action.ADOPT) for view in kept)
        keep = {view.reference for view in kept}
        for view in views:
            if view.reference not in keep:
                yield _foreign(view, Code.ENROLMENT_TWICE, sight, Action.CANCEL_REMOTE)


def _seated(ours: Ours, views: Collection[EnrolmentView]) -> set[str]:
    """Who holds a place there that is known to be ours."""
    standing = {view.reference for view in views if not view.is_cancelled}
    return {person(held) for held in ours.enrolments if held.record.remote_id in standing}


def _lacking(ours: Ours, name: str) -> bool:
    """Whether a place of ours stands for this person, and has no name there that stands."""
    return any(stands(held) and held.settled and person(held) == name for held in ours.enrolments)


def _keeper(views: list[EnrolmentView], theirs: Theirs) -> EnrolmentView:
    """Of several for one person, the one results hang on, else the oldest. Attendance names only the person."""
    linked = {result.enrolment_reference for result in theirs.results if not result.is_void}
    return next((view for view in views if view.reference in linked), views[0])


def _foreign(view: EnrolmentView, code: Code, sight: Sight, action: Action) -> Finding:
    copies = Copies(state(GONE_THERE), state(GONE_THERE), state(STANDS))
    return Finding(
        code=code,
        verdict=Verdict.DRIFT,
        remote_ref=view.reference,
        digests=("", "", digests(copies, sight)[2]),
        suggested=action,
    )
