"""The claim check: an enrolment as TPGateway is to hold it, with personal data in clear. Only tpg-sync may ask."""

from uuid import UUID

from libs.contracts.submissions import EmployerPart, EnrolmentSubmission, PhonePart, TraineePart
from libs.database.unit_of_work import UnitOfWork
from services.enrolment.errors import Incomplete
from services.enrolment.models.employer import Employer
from services.enrolment.models.personal import Opens, Phone
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.enrolments import get_enrolment
from services.enrolment.schemas.words import money_of


async def enrolment_submission(uow: UnitOfWork, enrolment_id: UUID, vault: Opens) -> EnrolmentSubmission:
    """The enrolment as it stands at its revisions."""
    enrolment = await get_enrolment(uow, enrolment_id)
    run = await uow.get(Run, enrolment.run_id)
    trainee = await uow.get(Trainee, enrolment.trainee_id)
    employer = await uow.get(Employer, enrolment.employer_id) if enrolment.employer_id else None
    return EnrolmentSubmission(
        enrolment_id=enrolment.id,
        revision=enrolment.revision,
        fee_revision=enrolment.fee_revision,
        status=enrolment.status,
        run_id=run.id,
        course_reference=run.course_reference,
        trainee=_trainee_part(trainee, vault),
        sponsorship=enrolment.sponsorship,
        employer=_employer_part(employer, vault) if employer else None,
        enrolled_on=enrolment.enrolled_on,
        fee_status=enrolment.fee_status,
        full_fee=money_of(enrolment.full_fee_cents),
        nett_fee=money_of(enrolment.nett_fee_cents),
        discount=money_of(enrolment.discount_cents),
        replaces=enrolment.replaces,
        remote_id=enrolment.remote_id,
    )


def _trainee_part(trainee: Trainee, vault: Opens) -> TraineePart:
    email, phone = trainee.email(vault), trainee.phone(vault)
    if email is None or phone is None:
        raise Incomplete(trainee.id)
    return TraineePart(
        trainee_id=trainee.id,
        id_type=trainee.id_type,
        id_number=trainee.id_number(vault),
        full_name=trainee.full_name(vault),
        born_on=trainee.born_on(vault),
        email=email,
        phone=_phone_part(phone),
        survey_language=trainee.survey_language,
    )


def _employer_part(employer: Employer, vault: Opens) -> EmployerPart:
    return EmployerPart(
        employer_id=employer.id,
        uen=employer.uen,
        contact_name=employer.contact_name(vault),
        email=employer.email(vault),
        phone=_phone_part(employer.phone(vault)),
    )


def _phone_part(phone: Phone) -> PhonePart:
    return PhonePart(country=phone.country, area=phone.area, number=phone.number)
