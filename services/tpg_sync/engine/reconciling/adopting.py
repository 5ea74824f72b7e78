"""Brings to enrolment what a person decided to adopt: a place that somebody made at TPGateway."""

import asyncio
from http import HTTPStatus
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import col

from libs.contracts.enrolment import FeeStatus, Sponsorship
from libs.contracts.submissions import Adopted, AdoptedEmployer, AdoptedPerson, Adoption, PhonePart
from libs.contracts.tpg_sync import RecordType
from libs.database.unit_of_work import UnitsOfWork
from libs.tpgateway.enrolments.replies import EnrolmentView, SeenPhone
from libs.tpgateway.normalising import normal_text
from libs.tpgateway.operations import VIEW_ENROLMENT
from libs.tpgateway.submissions.enrolments import COLLECTION_STATUS
from services.tpg_sync.client.owners import Owners, OwnerUnreachable
from services.tpg_sync.client.tpgateway import Call, TpgClient
from services.tpg_sync.commands.owing import lock_record
from services.tpg_sync.engine.outcomes import Next, decide_reading
from services.tpg_sync.engine.reconciling.turnstile import Pause, Stopped, Turnstile
from services.tpg_sync.engine.records.enrolment import seen_enrolment
from services.tpg_sync.models import Action, Code, Discrepancy, DiscrepancyState, Ties
from services.tpg_sync.settings import SyncSettings

log = structlog.get_logger()

PATH = "/internal/v1/adoptions"


async def adopt_wanted(
    units: UnitsOfWork,
    client: TpgClient,
    owners: Owners,
    settings: SyncSettings,
    *,
    pause: Pause = asyncio.sleep,
) -> int:
    """Adopt what was decided on and is not adopted yet; each by itself, safe to repeat. Returns how many were."""
    adopted = 0
    for row in await _wanted(units):
        turnstile = Turnstile(units, client, settings, None, pause=pause)
        try:
            adopted += await _adopt(units, turnstile, owners, row)
        except Stopped as stopped:
            log.info("adoption waits", discrepancy_id=str(row.id), cause=stopped.code)
    return adopted


async def _wanted(units: UnitsOfWork) -> list[Discrepancy]:
    statement = select(Discrepancy).where(
        col(Discrepancy.code) == Code.ENROLMENT_UNKNOWN,
        col(Discrepancy.state) == DiscrepancyState.ASSIGNED,
        col(Discrepancy.resolution) == Action.ADOPT,
        col(Discrepancy.record_id).is_(None),
        col(Discrepancy.pulled_ref).is_(None),
    )
    async with units.reading() as uow:
        return list((await uow.session.execute(statement.order_by(col(Discrepancy.id)))).scalars())


async def _adopt(units: UnitsOfWork, turnstile: Turnstile, owners: Owners, row: Discrepancy) -> int:
    view = await _view(turnstile, row.remote_ref or "")
    if view is None or view.is_cancelled or row.run_id is None:
        await _refused(units, row.id, "nothing_to_adopt")
        return 0
    adopted = await _tell_owner(units, owners, row, view)
    if adopted is None:
        return 0
    async with units.begin() as uow:
        # The event that enrolment tells may have been here first, and so may its job: either finds the name now.
        ties = Ties(run_id=row.run_id)
        record = await lock_record(uow, RecordType.ENROLMENT, adopted.enrolment_id, ties=ties)
        if record.remote_id is None and adopted.remote_id not in record.former_ids:
            record.remote_id = adopted.remote_id
        known = await uow.get(Discrepancy, row.id, for_update=True)
        known.enrolment_id, known.pulled_ref = adopted.enrolment_id, adopted.remote_id
        known.version += 1
    return 1


async def _view(turnstile: Turnstile, reference: str) -> EnrolmentView | None:
    reply = await turnstile.call(Call(operation=VIEW_ENROLMENT, values={"reference": reference}))
    decision = decide_reading(reply)
    if decision.next is not Next.SUCCEED:
        raise Stopped(decision.error_code or "unread", decision.delay)
    return None if reply.status == HTTPStatus.NOT_FOUND else seen_enrolment(reply)


async def _tell_owner(units: UnitsOfWork, owners: Owners, row: Discrepancy, view: EnrolmentView) -> Adopted | None:
    """Enrolment answers the same for every asking with one reference."""
    wish = adoption_of(view, row)
    if wish is None:
        await _refused(units, row.id, "shown_incomplete")
        return None
    try:
        answer = await owners.send("enrolment", PATH, wish.model_dump_json(exclude_none=True).encode())
    except OwnerUnreachable as away:
        raise Stopped(f"owner_{away.message}") from None
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Stopped(f"owner_http_{answer.status}")
    try:
        if answer.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
            return Adopted.model_validate_json(answer.content)
    except ValidationError:
        raise Stopped("owner_unreadable") from None
    await _refused(units, row.id, f"owner_http_{answer.status}")
    return None


async def _refused(units: UnitsOfWork, discrepancy_id: UUID, cause: str) -> None:
    """It stays open, with the reason for which it could not be adopted, and waits for another decision."""
    async with units.begin() as uow:
        row = await uow.get(Discrepancy, discrepancy_id, for_update=True)
        row.refuse(cause)


def adoption_of(view: EnrolmentView, row: Discrepancy) -> Adoption | None:
    """In our words; None when TPGateway does not show all that is needed. Holds personal data."""
    person = view.trainee
    fee = normal_text(view.fees.collection_status or "")
    fee_status = next((ours for ours, theirs in COLLECTION_STATUS.items() if normal_text(theirs) == fee), None)
    if person is None or row.run_id is None or row.remote_ref is None:
        return None
    by_employer = normal_text(person.sponsorship_type or "") == normal_text(Sponsorship.EMPLOYER)
    try:
        return Adoption(
            run_id=row.run_id,
            remote_id=row.remote_ref,
            remote_status="cancelled" if view.is_cancelled else "confirmed",
            trainee=AdoptedPerson.model_validate(
                {
                    "id_type": (person.id_type or "").upper(),
                    "id_number": person.id,
                    "full_name": person.full_name,
                    "born_on": person.date_of_birth,
                    "email": person.email,
                    "phone": _phone(person.contact_number),
                }
            ),
            sponsorship=Sponsorship.EMPLOYER if by_employer else Sponsorship.INDIVIDUAL,
            employer=_employer(view) if by_employer else None,
            enrolled_on=person.enrolment_date or row.first_seen_at.date(),
            accepted_at=None if view.meta is None else view.meta.created_on,
            fee_status=FeeStatus(fee_status or FeeStatus.PENDING),
            reason=row.reason,
        )
    except ValidationError:
        return None


def _employer(view: EnrolmentView) -> AdoptedEmployer | None:
    seen = view.employer
    if seen is None or seen.contact is None:
        return None
    return AdoptedEmployer.model_validate(
        {
            "uen": seen.uen,
            "contact_name": seen.contact.full_name,
            "email": seen.contact.email,
            "phone": _phone(seen.contact.contact_number),
        }
    )


def _phone(phone: SeenPhone | None) -> PhonePart | None:
    if phone is None or phone.phone_number is None:
        return None
    country = (phone.country_code or "65").removeprefix("+")
    return PhonePart(country=f"+{country}", area=phone.area_code or "", number=phone.phone_number)
