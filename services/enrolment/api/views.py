"""Records as callers see them: masked where they must be."""

from collections.abc import Sequence

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.enrolment import EnrolmentStatus
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.mask import ERASED, mask_email, mask_id, mask_name, mask_phone
from libs.privacy.personal import PersonalVault
from libs.tpgateway.identifiers import has_uen_check_letter
from libs.web.views import LastChange
from services.enrolment.api.doors import masked, sees_money
from services.enrolment.models.employer import Employer
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.fee_entry import FeeEntry
from services.enrolment.models.lifecycle import GIVEN_UP
from services.enrolment.models.personal import Phone
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.allowances import allowed_actions, notices
from services.enrolment.queries.enrolments import entries_of, other_places, queue_place
from services.enrolment.queries.trainees import trainees_by_id
from services.enrolment.schemas.enrolment import (
    EnrolmentDetail,
    EnrolmentSummary,
    EntryView,
    FeeBlock,
    SyncBlock,
)
from services.enrolment.schemas.person import EmployerView, PhoneView, TraineeView
from services.enrolment.schemas.words import money_of


async def trainee_views(trainees: Sequence[Trainee], vault: PersonalVault, *, hide: bool) -> list[TraineeView]:
    """The identity number is masked for everybody; name, birth date and contact too when `hide`."""
    await vault.hold(trainee.id for trainee in trainees)
    return [_trainee_view(trainee, vault, hide=hide) for trainee in trainees]


async def trainee_view(trainee: Trainee, vault: PersonalVault, *, hide: bool) -> TraineeView:
    (view,) = await trainee_views([trainee], vault, hide=hide)
    return view


def _trainee_view(trainee: Trainee, vault: PersonalVault, *, hide: bool) -> TraineeView:
    plain = {"id", "version", "id_type", "birth_precision", "survey_language", "merged_into", "erased_at"}
    record = {field: getattr(trainee, field) for field in plain | {"created_at", *LastChange.model_fields}}
    if trainee.erased:
        return TraineeView(
            full_name=ERASED, id_number=ERASED, born_on=None, email=None, phone=None, erased=True, **record
        )
    name, email, phone = trainee.full_name(vault), trainee.email(vault), trainee.phone(vault)
    return TraineeView(
        full_name=mask_name(name) if hide else name,
        id_number=mask_id(trainee.id_number(vault)),
        born_on=None if hide else trainee.born_on(vault),
        email=mask_email(email) if hide and email else email,
        phone=phone_view(phone, hide=hide) if phone else None,
        **record,
    )


def phone_view(phone: Phone, *, hide: bool) -> PhoneView:
    number = mask_phone(phone.number) if hide else phone.number
    return PhoneView(country=phone.country, area=phone.area, number=number)


def employer_view(employer: Employer, vault: PersonalVault, *, hide: bool) -> EmployerView:
    name, email, phone = employer.contact_name(vault), employer.email(vault), employer.phone(vault)
    plain = {"id", "version", "uen", "name", "created_at", *LastChange.model_fields}
    return EmployerView(
        contact_name=mask_name(name) if hide else name,
        email=mask_email(email) if hide else email,
        phone=phone_view(phone, hide=hide),
        uen_check_letter_fits=has_uen_check_letter(employer.uen),
        **{field: getattr(employer, field) for field in plain},
    )


async def summaries(
    uow: UnitOfWork, rows: Sequence[tuple[Enrolment, Run]], caller: Principal, vault: PersonalVault
) -> list[EnrolmentSummary]:
    """A page of a list, with everybody's name in one query."""
    people = await trainees_by_id(uow, {enrolment.trainee_id for enrolment, _ in rows})
    await vault.hold(people)
    hide = masked(caller, Permission.ENROLMENTS_VIEW)
    return [_summary(enrolment, run, people[enrolment.trainee_id], vault, hide=hide) for enrolment, run in rows]


async def enrolment_detail(
    uow: UnitOfWork, enrolment: Enrolment, caller: Principal, vault: PersonalVault
) -> EnrolmentDetail:
    """Everything the enrolment's page shows, in a fixed number of queries."""
    run, trainee = await uow.get(Run, enrolment.run_id), await uow.get(Trainee, enrolment.trainee_id)
    await vault.hold([trainee.id])
    summary = _summary(enrolment, run, trainee, vault, hide=masked(caller, Permission.ENROLMENTS_VIEW))
    others = await other_places(uow, enrolment) if enrolment.status not in GIVEN_UP else []
    own = EnrolmentDetail.model_fields.keys() - EnrolmentSummary.model_fields.keys()
    return EnrolmentDetail(
        **summary.model_dump(),
        **{name: getattr(enrolment, name) for name in own & type(enrolment).model_fields.keys()},
        fees=_fee_block(enrolment, await entries_of(uow, enrolment.id)) if sees_money(caller) else None,
        sync=_sync_block(enrolment, "", "sync_"),
        fee_sync=_sync_block(enrolment, "fee_", "fee_sync_"),
        queue_place=await queue_place(uow, enrolment),
        allowed_actions=allowed_actions(enrolment, run, caller, uow.now()),
        warnings=notices(run, others),
    )


def _summary(enrolment: Enrolment, run: Run, trainee: Trainee, vault: PersonalVault, *, hide: bool) -> EnrolmentSummary:
    name = ERASED if trainee.erased else trainee.full_name(vault)
    own = EnrolmentSummary.model_fields.keys() & type(enrolment).model_fields.keys()
    return EnrolmentSummary(
        course_reference=run.course_reference,
        start_on=run.start_on,
        trainee_name=mask_name(name) if hide and not trainee.erased else name,
        trainee_id_number=ERASED if trainee.erased else mask_id(trainee.id_number(vault)),
        trainee_erased=trainee.erased,
        **{field: getattr(enrolment, field) for field in own},
    )


def _fee_block(enrolment: Enrolment, entries: Sequence[FeeEntry]) -> FeeBlock:
    owing = enrolment.status not in {EnrolmentStatus.CANCELLED, EnrolmentStatus.TRANSFERRED}
    outstanding = max(0, enrolment.owed_cents - enrolment.balance_cents) if owing else 0
    return FeeBlock(
        full_fee=money_of(enrolment.full_fee_cents),
        nett_fee=money_of(enrolment.nett_fee_cents),
        discount=money_of(enrolment.discount_cents),
        paid=money_of(enrolment.balance_cents),
        outstanding=money_of(outstanding),
        refund_due=money_of(enrolment.refund_due_cents),
        due_on=enrolment.fee_due_on,
        entries=[_entry_view(entry) for entry in entries],
    )


def _entry_view(entry: FeeEntry) -> EntryView:
    plain = ("id", "kind", "paid_on", "reverses", "reason", "created_at", "created_by")
    return EntryView(amount=money_of(entry.amount_cents), **{name: getattr(entry, name) for name in plain})


def _sync_block(enrolment: Enrolment, record: str, sync: str) -> SyncBlock:
    return SyncBlock(
        state=getattr(enrolment, f"{sync}state"),
        revision=getattr(enrolment, f"{record}revision"),
        acked_revision=getattr(enrolment, f"{record}acked_revision"),
        acked_at=getattr(enrolment, f"{record}acked_at"),
        job_id=getattr(enrolment, f"{sync}job_id"),
        error_code=getattr(enrolment, f"{sync}error_code"),
        hints=getattr(enrolment, f"{sync}hints"),
    )
