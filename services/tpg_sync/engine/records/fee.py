"""Fee collection at TPGateway: one word on an enrolment, safe to say twice."""

from datetime import datetime

from libs.contracts.submissions import EnrolmentSubmission
from libs.tpgateway.normalising import normal_text
from libs.tpgateway.operations import UPDATE_FEE, VIEW_ENROLMENT
from libs.tpgateway.submissions.enrolments import COLLECTION_STATUS, collect_fee
from services.tpg_sync.client.claims.claim import Known
from services.tpg_sync.client.tpgateway import Call, Reply
from services.tpg_sync.engine.outcomes import Decision, Next
from services.tpg_sync.engine.pages import UNREADABLE, Pages, Unread
from services.tpg_sync.engine.records.dealings import (
    Dealings,
    Effect,
    Found,
    Partless,
    Search,
    Sending,
    not_found,
)
from services.tpg_sync.engine.records.enrolment import seen_enrolment
from services.tpg_sync.models import JobKind, SyncRecord
from services.tpg_sync.settings import SyncSettings


class FeeDealings(Partless[EnrolmentSubmission], Dealings[EnrolmentSubmission]):
    """A fee has no name of its own there: it goes by its enrolment's."""

    def __init__(self, settings: SyncSettings) -> None:
        self._settings = settings

    def sending(self, kind: JobKind, claim: EnrolmentSubmission, known: Known, *, now: datetime) -> Sending:
        del now
        values = {"reference": known.enrolment_remote_id}
        return Sending(kind, Call(operation=UPDATE_FEE, values=values, body=collect_fee(claim).body()), repeatable=True)

    def effect_of(self, sent: Sending, claim: EnrolmentSubmission, record: SyncRecord, reply: Reply) -> Effect | None:
        del sent, claim, record, reply
        return Effect()

    async def look(self, pages: Pages, claim: EnrolmentSubmission, search: Search) -> Found:
        """What its enrolment says of it now."""
        call = Call(operation=VIEW_ENROLMENT, values={"reference": search.known.enrolment_remote_id})
        reply = await pages.one(call, search.attributes)
        if isinstance(reply, Unread):
            return Found.unread(reply)
        view = seen_enrolment(reply)
        if view is None:
            return Found(UNREADABLE, reply, whole=False)
        told = COLLECTION_STATUS.get(claim.fee_status, claim.fee_status)
        if normal_text(view.fees.collection_status or "") == normal_text(told):
            return Found(Decision(Next.SUCCEED), reply, Effect())
        return Found(not_found(search, self._settings), reply)
