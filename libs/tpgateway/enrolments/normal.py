"""An enrolment in the form in which ours and TPGateway's can be compared.

    [KIND_OF[name] for name in differences(normal_request(create), normal_view(view))]

Left out on purpose: stamps, and what TPGateway adds by itself (titles, the employer's name, the run's dates).
"""

from collections.abc import Mapping
from typing import Final

from libs.tpgateway.comparing import Kind, NormalRecord, differing, normal_record
from libs.tpgateway.enrolments.replies import EnrolmentView, SeenEmployer, SeenPhone, SeenTrainee
from libs.tpgateway.enrolments.requests import ContactNumber, CreateEnrolment, Employer, NewTrainee
from libs.tpgateway.normalising import normal_id, normal_phone
from libs.tpgateway.tpg_family.normal import PLACES, normal_course, normal_partner

CONFIRMED: Final = "Confirmed"
CANCELLED: Final = "Cancelled"

KIND_OF: Final[Mapping[str, Kind]] = {
    "status": Kind.STATUS,
    **dict.fromkeys(PLACES, Kind.PLACE),
    "trainee.id": Kind.IDENTITY,
    "trainee.idType.type": Kind.IDENTITY,
    "trainee.fullName": Kind.IDENTITY,
    "trainee.dateOfBirth": Kind.IDENTITY,
    "trainee.emailAddress": Kind.CONTACT,
    "trainee.contactNumber": Kind.CONTACT,
    "trainee.enrolmentDate": Kind.DAY,
    "trainee.sponsorshipType": Kind.SPONSORSHIP,
    "trainee.employer.uen": Kind.SPONSORSHIP,
    "trainee.employer.contact.fullName": Kind.CONTACT,
    "trainee.employer.contact.emailAddress": Kind.CONTACT,
    "trainee.employer.contact.contactNumber": Kind.CONTACT,
    "trainee.fees.discountAmount": Kind.FEE,
    "trainee.fees.collectionStatus": Kind.FEE,
}
"""Every field that is compared. An update mends contact and fees; identity and sponsorship need a new enrolment."""
CHANGEABLE: Final = frozenset({Kind.CONTACT, Kind.FEE})
ONLY_ANEW: Final = frozenset({Kind.IDENTITY, Kind.SPONSORSHIP})


def normal_request(request: CreateEnrolment, *, status: str = CONFIRMED) -> NormalRecord:
    """The enrolment as TPGateway will show it once it took the request, or cancelled it later."""
    enrolment = request.enrolment
    return normal_record(
        {
            "status": status,
            **normal_partner(enrolment.training_partner),
            **normal_course(enrolment.course),
            **(_person(enrolment.trainee) if enrolment.trainee else {}),
        }
    )


def normal_view(view: EnrolmentView) -> NormalRecord:
    """An enrolment as TPGateway shows it, alone or in a list."""
    return normal_record(
        {
            "status": view.status,
            **normal_partner(view.partner),
            **normal_course(view.course),
            **(_seen_person(view.trainee) if view.trainee else {}),
            **(_seen_employer(view.employer) if view.employer else {}),
            "trainee.fees.discountAmount": view.fees.discount_amount,
            "trainee.fees.collectionStatus": view.fees.collection_status,
        }
    )


def differences(ours: NormalRecord, theirs: NormalRecord) -> tuple[str, ...]:
    """The names of the fields told differently, every one of them in `KIND_OF`; never a value."""
    return differing(ours, theirs)


def _person(trainee: NewTrainee) -> Mapping[str, object]:
    fees = trainee.fees
    return {
        "trainee.id": _id(trainee.id),
        "trainee.idType.type": trainee.id_type.type if trainee.id_type else None,
        "trainee.fullName": trainee.full_name,
        "trainee.dateOfBirth": trainee.date_of_birth,
        "trainee.emailAddress": trainee.email_address,
        "trainee.contactNumber": _phone(trainee.contact_number),
        "trainee.enrolmentDate": trainee.enrolment_date,
        "trainee.sponsorshipType": trainee.sponsorship_type,
        **(_employer(trainee.employer) if trainee.employer else {}),
        "trainee.fees.discountAmount": fees.discount_amount if fees else None,
        "trainee.fees.collectionStatus": fees.collection_status if fees else None,
    }


def _employer(employer: Employer) -> Mapping[str, object]:
    contact = employer.contact
    return {
        "trainee.employer.uen": employer.uen,
        "trainee.employer.contact.fullName": contact.full_name if contact else None,
        "trainee.employer.contact.emailAddress": contact.email_address if contact else None,
        "trainee.employer.contact.contactNumber": _phone(contact.contact_number) if contact else None,
    }


def _seen_person(trainee: SeenTrainee) -> Mapping[str, object]:
    return {
        "trainee.id": _id(trainee.id),
        "trainee.idType.type": trainee.id_type,
        "trainee.fullName": trainee.full_name,
        "trainee.dateOfBirth": trainee.date_of_birth,
        "trainee.emailAddress": trainee.email,
        "trainee.contactNumber": _phone(trainee.contact_number),
        "trainee.enrolmentDate": trainee.enrolment_date,
        "trainee.sponsorshipType": trainee.sponsorship_type,
    }


def _seen_employer(employer: SeenEmployer) -> Mapping[str, object]:
    contact = employer.contact
    return {
        "trainee.employer.uen": employer.uen,
        "trainee.employer.contact.fullName": contact.full_name if contact else None,
        "trainee.employer.contact.emailAddress": contact.email if contact else None,
        "trainee.employer.contact.contactNumber": _phone(contact.contact_number) if contact else None,
    }


def _id(number: str | None) -> str | None:
    return None if number is None else normal_id(number)


def _phone(phone: ContactNumber | SeenPhone | None) -> str | None:
    if phone is None or phone.phone_number is None:
        return None
    return normal_phone(phone.country_code, phone.area_code, phone.phone_number)
