"""The claim check: an enrolment as TPGateway is to hold it, with personal data in clear. Only tpg-sync may ask."""

from uuid import UUID

from libs.contracts.submissions import EmployerPart, EnrolmentSubmission, PhonePart, TraineePart
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.personal import PersonalVault
from libs.privacy.vault import Erased
from services.enrolment.errors import Incomplete
from services.enrolment.models.employer import Employer
from services.enrolment.models.enrolment import Enrolment
from services.enrolment.models.personal import Opens, Phone
from services.enrolment.models.run import Run
from services.enrolment.models.trainee import Trainee
from services.enrolment.queries.enrolments import get_enrolment
from services.enrolment.schemas.words import money_of


async def enrolment_submission(uow: UnitOfWork, enrolment_id: UUID, vault: PersonalVault) -> EnrolmentSubmission:
    """The enrolment as it stands at its revisions.

    Raises Incomplete for one that nothing can be sent of yet, Erased for one whose person is not known any more.
    """
    enrolment = await get_enrolment(uow, enrolment_id)
    run = await uow.get(Run, enrolment.run_id)
    trainee = await uow.get(Trainee, enrolment.trainee_id)
    if trainee.erased:
        raise Erased(trainee.id)
    await vault.hold([trainee.id])
    if trainee.email_sealed is None or trainee.phone_sealed is None:
        raise Incomplete(trainee.id)
    employer = await uow.get(Employer, enrolment.employer_id) if enrolment.employer_id else None
    part = employer_part(employer, vault) if employer else None
    return submission_as_it_stands(enrolment, run, trainee_part(trainee, vault), part)


def submission_as_it_stands(
    enrolment: Enrolment, run: Run, trainee: TraineePart, employer: EmployerPart | None
) -> EnrolmentSubmission:
    return EnrolmentSubmission(
        enrolment_id=enrolment.id,
        revision=enrolment.revision,
        fee_revision=enrolment.fee_revision,
        status=enrolment.status,
        run_id=run.id,
        course_reference=run.course_reference,
        trainee=trainee,
        sponsorship=enrolment.sponsorship,
        employer=employer,
        enrolled_on=enrolment.enrolled_on,
        fee_status=enrolment.fee_status,
        full_fee=money_of(enrolment.full_fee_cents),
        nett_fee=money_of(enrolment.nett_fee_cents),
        discount=money_of(enrolment.discount_cents),
        replaces=enrolment.replaces,
        remote_id=enrolment.remote_id,
    )


def trainee_part(trainee: Trainee, vault: Opens) -> TraineePart:
    """The person in clear; an e-mail or phone that is not there is empty."""
    phone = trainee.phone(vault)
    return TraineePart(
        trainee_id=trainee.id,
        id_type=trainee.id_type,
        id_number=trainee.id_number(vault),
        full_name=trainee.full_name(vault),
        born_on=trainee.born_on(vault),
        email=trainee.email(vault) or "",
        phone=phone_part(phone) if phone else PhonePart(country="", number=""),
        survey_language=trainee.survey_language,
    )


def employer_part(employer: Employer, vault: Opens) -> EmployerPart:
    return EmployerPart(
        employer_id=employer.id,
        uen=employer.uen,
        contact_name=employer.contact_name(vault),
        email=employer.email(vault),
        phone=phone_part(employer.phone(vault)),
    )


def phone_part(phone: Phone) -> PhonePart:
    return PhonePart(country=phone.country, area=phone.area, number=phone.number)
