"""An enrolment between its stored form and the gateway's words, which differ by direction."""

from infra.tpg_simulator.enrolments.record import Contact, Employer, Enrolment, Fees, Phone, Trainee
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json


def read_phone(found: Json) -> Phone:
    return Phone(
        country_code=found.get("countryCode", ""),
        area_code=found.get("areaCode", ""),
        phone_number=found.get("phoneNumber", ""),
    )


def read_trainee(found: Json) -> Trainee:
    return Trainee(
        id=found["id"],
        id_type=found["idType"]["type"].upper(),
        full_name=found["fullName"],
        date_of_birth=found["dateOfBirth"],
        email=found["emailAddress"],
        phone=read_phone(found["contactNumber"]),
    )


def read_employer(found: Json) -> Employer:
    contact = found["contact"]
    return Employer(
        uen=found["uen"],
        contact=Contact(
            full_name=contact["fullName"],
            email=contact["emailAddress"],
            phone=read_phone(contact["contactNumber"]),
        ),
    )


def read_fees(found: Json) -> Fees:
    return Fees(discount=found.get("discountAmount"), collection_status=found["collectionStatus"])


def show_enrolment(call: Call, enrolment: Enrolment) -> Json:
    """Write an enrolment as view and search do."""
    seed = call.world.seed
    return {
        "referenceNumber": enrolment.reference,
        "status": enrolment.status,
        "trainingPartner": {
            "code": enrolment.partner_code,
            "uen": enrolment.provider_uen,
            "name": seed.name_of(enrolment.provider_uen),
        },
        "course": show_course(call, enrolment.course_reference, enrolment.run_id),
        "trainee": _show_trainee(call, enrolment),
    }


def show_course(call: Call, reference: str, run_id: int) -> Json:
    """Write course and run as `/tpg/*` views do: the run id a text, the dates with dashes."""
    course = call.world.seed.find_course(reference)
    run = call.world.store.runs.get(run_id)
    return {
        "referenceNumber": reference,
        "title": course.title if course else "",
        "run": {"id": str(run_id), **(_dashed_dates(run) if run else {})},
    }


def _dashed_dates(run: CourseRun) -> Json:
    """The run's dates; what a portal edit took out or bent is left out."""
    dates = run.content.get("courseDates")
    found = dates if isinstance(dates, dict) else {}
    return {f"{end}Date": dashed(str(found[end])) for end in ("start", "end") if end in found}


def dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _show_trainee(call: Call, enrolment: Enrolment) -> Json:
    trainee = enrolment.trainee
    employer = enrolment.employer
    return {
        "idType": {"type": trainee.id_type},
        "id": trainee.id,
        "dateOfBirth": trainee.date_of_birth,
        "fullName": trainee.full_name,
        "contactNumber": _show_phone(trainee.phone),
        "email": {"full": trainee.email},
        "sponsorshipType": enrolment.sponsorship.title(),
        **({"employer": _show_employer(call, employer)} if employer else {}),
        "fees": _show_fees(enrolment.fees),
        "enrolmentDate": enrolment.enrolment_date,
    }


def _show_phone(phone: Phone) -> Json:
    return {"countryCode": phone.country_code, "areaCode": phone.area_code, "phoneNumber": phone.phone_number}


def _show_employer(call: Call, employer: Employer) -> Json:
    return {
        "uen": employer.uen,
        "name": call.world.seed.name_of(employer.uen),
        "contact": {
            "fullName": employer.contact.full_name,
            "contactNumber": _show_phone(employer.contact.phone),
            "email": {"full": employer.contact.email},
        },
    }


def _show_fees(fees: Fees) -> Json:
    discount = {} if fees.discount is None else {"discountAmount": f"{fees.discount:f}"}
    return {**discount, "collectionStatus": fees.collection_status}
