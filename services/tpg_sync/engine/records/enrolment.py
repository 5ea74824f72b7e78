"""Enrolments at TPGateway: the calls that create, update and cancel them, and the search that finds them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.submissions import EnrolmentSubmission
from libs.tpgateway.enrolments.normal import differences, normal_view
from libs.tpgateway.enrolments.replies import (
    EnrolmentView,
    created_enrolment,
    listed_enrolments,
    viewed_enrolment,
)
from libs.tpgateway.enrolments.requests import CancelEnrolment
from libs.tpgateway.envelope import UnreadableReply
from libs.tpgateway.operations import (
    CANCEL_ENROLMENT,
    CREATE_ENROLMENT,
    SEARCH_ENROLMENTS,
    UPDATE_ENROLMENT,
    VIEW_ENROLMENT,
)
from libs.tpgateway.submissions import enrolments as wire
from libs.tpgateway.submissions.enrolment_findings import LOCAL_NAMES
from libs.tpgateway.submissions.people import id_number
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.claims.enrolment import as_held
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


@dataclass(frozen=True, slots=True)
class Candidates:
    """Enrolments of this person on this run: those that say what ours says, and what differs in the others."""

    equal: tuple[str, ...]
    near_fields: tuple[str, ...]


class EnrolmentDealings(Partless[EnrolmentSubmission], Dealings[EnrolmentSubmission]):
    def __init__(self, settings: SyncSettings) -> None:
        self._settings = settings

    def sending(self, kind: JobKind, claim: EnrolmentSubmission, known: Known, *, now: datetime) -> Sending:
        """A create of what is there already is an update: identity and sponsorship come as another enrolment."""
        del now
        reference, run_id = known.record.remote_id, known.run_remote_id
        if reference is None:
            create = wire.create_enrolment(
                claim, run_id=run_id, uen=self._settings.tpg_uen, tp_code=self._settings.tp_code
            )
            call = Call(operation=CREATE_ENROLMENT, body=create.body())
            return Sending(JobKind.ENROLMENT_CREATE, call, repeatable=False)
        values = {"reference": reference}
        if kind is JobKind.ENROLMENT_CANCEL:
            cancel = wire.cancel_enrolment(run_id=run_id) if run_id else CancelEnrolment()
            return Sending(kind, Call(operation=CANCEL_ENROLMENT, values=values, body=cancel.body()), repeatable=True)
        update = wire.update_enrolment(claim, run_id=run_id)
        call = Call(operation=UPDATE_ENROLMENT, values=values, body=update.body())
        return Sending(JobKind.ENROLMENT_UPDATE, call, repeatable=True)

    def effect_of(self, sent: Sending, claim: EnrolmentSubmission, record: SyncRecord, reply: Reply) -> Effect | None:
        if sent.kind is JobKind.ENROLMENT_CANCEL:
            return Effect(removed=True)
        reference = _created(reply) if sent.kind is JobKind.ENROLMENT_CREATE else record.remote_id
        return None if reference is None else Effect(remote_id=reference, carried_revision=claim.fee_revision)

    async def look(self, pages: Pages, claim: EnrolmentSubmission, search: Search) -> Found:
        if search.job.kind == JobKind.ENROLMENT_CANCEL:
            return await self._refused_cancellation(pages, search)
        listing = await self.seen(pages, claim, search.known, search.attributes)
        if isinstance(listing, Unread):
            return Found.unread(listing)
        elsewhere = await search.elsewhere({view.reference for view in listing.entries})
        former = {*elsewhere.bound, *search.known.record.former_ids}
        ours = self._candidates(claim, search.known, [one for one in listing.entries if one.reference not in former])
        if ours.equal:
            effect = Effect(remote_id=ours.equal[0], carried_revision=claim.fee_revision)
            return Found(Decision(Next.SUCCEED), listing.reply, effect, listing.calls)
        what = "an enrolment of this person on this run"
        absent = not_found(search, self._settings, ours.near_fields, what=what)
        return Found(absent, listing.reply, calls=listing.calls)

    async def seen(
        self, pages: Pages, claim: EnrolmentSubmission, known: Known, attributes: Attributes
    ) -> Listing[EnrolmentView] | Unread:
        """Every enrolment of this person on this run, whoever made it."""

        def page_of(page: int, size: int) -> Call:
            sought = wire.search_enrolments(
                uen=self._settings.tpg_uen,
                tp_code=self._settings.tp_code,
                run_id=known.run_remote_id,
                trainee_id=id_number(claim.trainee),
                page=page,
                page_size=size,
            )
            return Call(operation=SEARCH_ENROLMENTS, body=sought.body())

        return await pages.all(page_of, _listed, lambda view: view.reference, attributes)

    def _candidates(self, claim: EnrolmentSubmission, known: Known, views: Sequence[EnrolmentView]) -> Candidates:
        """Those that stand. What was cancelled there is nobody's create."""
        ours = wire.normal_enrolment(
            as_held(claim, None),
            run_id=known.run_remote_id,
            uen=self._settings.tpg_uen,
            tp_code=self._settings.tp_code,
        )
        equal: list[str] = []
        fields: set[str] = set()
        for view in views:
            if view.is_cancelled:
                continue
            differing = differences(ours, normal_view(view))
            if differing:
                fields.update(LOCAL_NAMES.of(f"enrolment.{name}") for name in differing)
            else:
                equal.append(view.reference)
        return Candidates(tuple(equal), tuple(sorted(fields)))

    async def _refused_cancellation(self, pages: Pages, search: Search) -> Found:
        """Refused perhaps because it is cancelled already."""
        call = Call(operation=VIEW_ENROLMENT, values={"reference": search.known.record.remote_id or ""})
        reply = await pages.one(call, search.attributes)
        if isinstance(reply, Unread):
            return Found.unread(reply)
        view = seen_enrolment(reply)
        if view is None:
            return Found(UNREADABLE, reply, whole=False)
        if view.is_cancelled:
            return Found(Decision(Next.SUCCEED), reply, Effect(removed=True))
        return Found(refused_after_all(search.job), reply)


def seen_enrolment(reply: Reply) -> EnrolmentView | None:
    """The one that was viewed; None for an answer of another shape, which proves nothing."""
    try:
        return None if reply.answer is None else viewed_enrolment(reply.answer)
    except UnreadableReply:
        return None


def _listed(reply: Reply) -> Sequence[EnrolmentView] | None:
    try:
        return None if reply.answer is None else listed_enrolments(reply.answer)
    except UnreadableReply:
        return None


def _created(reply: Reply) -> str | None:
    try:
        return None if reply.answer is None else created_enrolment(reply.answer).reference
    except UnreadableReply:
        return None
