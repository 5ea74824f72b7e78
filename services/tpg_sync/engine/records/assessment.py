"""Results at TPGateway: the calls that create, update and void them, and the search that finds them again."""

from collections.abc import Sequence
from datetime import datetime

from libs.tpgateway.assessments.normal import differences, normal_view
from libs.tpgateway.assessments.replies import (
    AssessmentView,
    created_assessment,
    listed_assessments,
    viewed_assessment,
)
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.normalising import normal_text
from libs.tpgateway.operations import (
    CREATE_ASSESSMENT,
    SEARCH_ASSESSMENTS,
    UPDATE_ASSESSMENT,
    VIEW_ASSESSMENT,
    VOID_ASSESSMENT,
)
from libs.tpgateway.submissions import assessments as wire
from libs.tpgateway.submissions.assessment_findings import LOCAL_NAMES
from libs.tpgateway.submissions.people import id_number
from services.tpg_sync.client.claims.assessment import AssessmentClaim
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import UNREADABLE, Listing, Pages, Unread
from services.tpg_sync.engine.records.dealings import (
    Attributes,
    Dealings,
    Effect,
    Found,
    Partless,
    Search,
    Sending,
    not_found,
    refused_after_all,
)
from services.tpg_sync.models import JobKind, SyncRecord
from services.tpg_sync.settings import SyncSettings


class AssessmentDealings(Partless[AssessmentClaim], Dealings[AssessmentClaim]):
    def __init__(self, settings: SyncSettings) -> None:
        self._settings = settings

    def sending(self, kind: JobKind, claim: AssessmentClaim, known: Known, *, now: datetime) -> Sending:
        """Person, course and run cannot be changed there: those come as another assessment."""
        del now
        reference = known.record.remote_id
        if reference is None:
            create = wire.create_assessment(
                claim.assessment,
                claim.trainee,
                run_id=known.run_remote_id,
                uen=self._settings.tpg_uen,
                tp_code=self._settings.tp_code,
            )
            call = Call(operation=CREATE_ASSESSMENT, body=create.body())
            return Sending(JobKind.ASSESSMENT_CREATE, call, repeatable=False)
        values = {"reference": reference}
        if kind is JobKind.ASSESSMENT_VOID:
            void = wire.void_assessment()
            return Sending(kind, Call(operation=VOID_ASSESSMENT, values=values, body=void.body()), repeatable=True)
        update = wire.update_assessment(claim.assessment, claim.trainee)
        call = Call(operation=UPDATE_ASSESSMENT, values=values, body=update.body())
        return Sending(JobKind.ASSESSMENT_UPDATE, call, repeatable=True)

    def effect_of(self, sent: Sending, claim: AssessmentClaim, record: SyncRecord, reply: Reply) -> Effect | None:
        del claim
        if sent.kind is JobKind.ASSESSMENT_VOID:
            return Effect(removed=True)
        reference = _created(reply) if sent.kind is JobKind.ASSESSMENT_CREATE else record.remote_id
        return None if reference is None else Effect(remote_id=reference)

    async def look(self, pages: Pages, claim: AssessmentClaim, search: Search) -> Found:
        if search.job.kind == JobKind.ASSESSMENT_VOID:
            return await self._refused_voiding(pages, search)
        listing = await self.seen(pages, claim, search.known, search.attributes)
        if isinstance(listing, Unread):
            return Found.unread(listing)
        elsewhere = await search.elsewhere({view.reference for view in listing.entries})
        former = {*elsewhere.bound, *search.known.record.former_ids}
        ours = wire.normal_assessment(
            claim.assessment,
            claim.trainee,
            run_id=search.known.run_remote_id,
            uen=self._settings.tpg_uen,
            tp_code=self._settings.tp_code,
        )
        near: set[str] = set()
        for view in listing.entries:
            if view.is_void or view.reference in former or _of_another_skill(claim, view):
                continue
            differing = differences(ours, normal_view(view))
            if not differing:
                effect = Effect(remote_id=view.reference)
                return Found(Decision(Next.SUCCEED), listing.reply, effect, listing.calls)
            near.update(LOCAL_NAMES.of(f"assessment.{name}") for name in differing)
        absent = not_found(search, self._settings, sorted(near), what="a result of this person on this run")
        return Found(absent, listing.reply, calls=listing.calls)

    async def seen(
        self, pages: Pages, claim: AssessmentClaim, known: Known, attributes: Attributes
    ) -> Listing[AssessmentView] | Unread:
        """Every result of this person on this run, whoever made it."""

        def page_of(page: int, size: int) -> Call:
            sought = wire.search_assessments(
                uen=self._settings.tpg_uen,
                tp_code=self._settings.tp_code,
                run_id=known.run_remote_id,
                trainee_id=id_number(claim.trainee),
                page=page,
                page_size=size,
            )
            return Call(operation=SEARCH_ASSESSMENTS, body=sought.body())

        return await pages.all(page_of, _listed, lambda view: view.reference, attributes)

    async def _refused_voiding(self, pages: Pages, search: Search) -> Found:
        """Refused perhaps because it is void already."""
        call = Call(operation=VIEW_ASSESSMENT, values={"reference": search.known.record.remote_id or ""})
        reply = await pages.one(call, search.attributes)
        if isinstance(reply, Unread):
            return Found.unread(reply)
        view = _viewed(reply)
        if view is None:
            return Found(UNREADABLE, reply, whole=False)
        if view.is_void:
            return Found(Decision(Next.SUCCEED), reply, Effect(removed=True))
        return Found(refused_after_all(search.job), reply)


def _of_another_skill(claim: AssessmentClaim, view: AssessmentView) -> bool:
    """One person has one standing result for each skill: another skill's is neither ours nor a changed copy."""
    return normal_text(view.skill_code or "") != normal_text(claim.assessment.skill_code or "")


def _viewed(reply: Reply) -> AssessmentView | None:
    try:
        return None if reply.answer is None else viewed_assessment(reply.answer)
    except UnreadableReply:
        return None


def _listed(reply: Reply) -> Sequence[AssessmentView] | None:
    try:
        return None if reply.answer is None else listed_assessments(reply.answer)
    except UnreadableReply:
        return None


def _created(reply: Reply) -> str | None:
    try:
        return None if reply.answer is None else created_assessment(reply.answer)
    except UnreadableReply:
        return None
