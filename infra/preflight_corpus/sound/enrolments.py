"""Sound enrolments, changes of them, fees, and searches."""

from random import Random
from typing import Final

from infra.preflight_corpus.case import Json
from infra.preflight_corpus.sound.words import (
    EMPLOYERS,
    collected,
    discount,
    email,
    filters,
    identity,
    maybe,
    named_kind,
    phone,
    text,
)
from infra.preflight_corpus.stage import OTHER_RUN, PEOPLE, RUN
from infra.tpg_simulator.samples import COURSE, OWN

_PARTNER: Final = {"uen": OWN, "code": f"{OWN}-01"}
_ANY_COLLECTED: Final = ("Pending Payment", "Cancelled", "cancelled", "")


def create(rng: Random) -> Json:
    """E1."""
    kind, sponsorship = named_kind(rng), rng.choice(("EMPLOYER", "EMPLOYER", "INDIVIDUAL"))
    trainee = {
        "id": identity(rng, kind),
        "idType": {"type": kind},
        "fullName": text(rng, 200),
        "dateOfBirth": rng.choice(("1980-01-31", "2026-03-01", "1960-02-29")),
        "emailAddress": email(rng, 100),
        "contactNumber": phone(rng),
        "enrolmentDate": rng.choice(("2026-03-02", "2026-12-31", "2025-01-01")),
        "sponsorshipType": sponsorship,
        "employer": _employer(rng) if sponsorship == "EMPLOYER" else _no_employer(),
        "fees": maybe(rng, {"discountAmount": discount(rng), "collectionStatus": collected(rng)}, "discountAmount"),
    }
    optional = ["enrolmentDate", *(["employer"] if sponsorship == "INDIVIDUAL" else [])]
    course = {"run": {"id": str(RUN)}, "referenceNumber": COURSE}
    body = {"course": course, "trainee": maybe(rng, trainee, *optional), "trainingPartner": _partner(rng)}
    return {"enrolment": body}


def update(rng: Random) -> Json:
    """E2."""
    status = rng.choice((collected(rng), "Cancelled"))
    contact = {"fullName": text(rng, 50), "email": email(rng, 100), "contactNumber": phone(rng)}
    change = {
        "action": "Update",
        "course": {"run": {"id": str(rng.choice((RUN, OTHER_RUN)))}},
        "trainee": maybe(rng, {"email": email(rng, 100), "contactNumber": phone(rng)}, "email"),
        "employer": {"contact": maybe(rng, contact, "fullName", "email", "contactNumber", leave_out=0.2) or contact},
        "fees": maybe(rng, {"discountAmount": discount(rng), "collectionStatus": status}, "discountAmount"),
    }
    return {"enrolment": maybe(rng, change, "course", "trainee", "employer", "fees", leave_out=0.3)}


def cancel(rng: Random) -> Json:
    """E3."""
    course: Json = {"run": {"id": str(RUN)}}
    return {"enrolment": maybe(rng, {"action": "Cancel", "course": course}, "course")}


def collect_fee(rng: Random) -> Json:
    """E6."""
    return {"enrolment": {"fees": {"collectionStatus": rng.choice((collected(rng), "Cancelled", "CANCELLED"))}}}


def search(rng: Random) -> Json:
    """E4."""
    trainee = filters(
        rng,
        {
            "id": lambda: rng.choice((*PEOPLE, "")),
            "idType": lambda: {"type": named_kind(rng)},
            "fees": lambda: {"feeCollectionStatus": rng.choice(_ANY_COLLECTED)},
            "employer": lambda: {"uen": rng.choice((*EMPLOYERS, ""))},
            "enrolmentDate": lambda: rng.choice(("2026-03-02", "")),
            "sponsorshipType": lambda: rng.choice(("EMPLOYER", "INDIVIDUAL", "")),
        },
    )
    sought: Json = filters(
        rng,
        {
            "course": lambda: {"run": {"id": rng.choice((str(RUN), ""))}, "referenceNumber": rng.choice((COURSE, ""))},
            "status": lambda: rng.choice(("Confirmed", "Cancelled", "")),
        },
    )
    told = {**sought, **({"trainee": trainee} if trainee else {}), "trainingPartner": _PARTNER}
    return {"enrolment": told, **frame(rng, ("updatedOn", "createdOn"), paged=rng.random() < 0.7)}  # noqa: PLR2004 - mostly


def frame(rng: Random, sortings: tuple[str, ...], *, paged: bool) -> Json:
    """The days, the order and the page of a search."""
    days = rng.choice(({"lastUpdateDateFrom": "2026-03-01", "lastUpdateDateTo": "2026-03-31"}, _LEAP_DAY, _OPEN_DAYS))
    around = {
        "meta": maybe(rng, days, "lastUpdateDateFrom") or dict(days),
        "sortBy": {"field": rng.choice((*sortings, "")), "order": rng.choice(("asc", "desc", ""))},
    }
    pages = {"parameters": {"page": rng.randrange(3), "pageSize": rng.choice((1, 20, 100))}} if paged else {}
    return {**maybe(rng, around, "meta", "sortBy"), **pages}


_LEAP_DAY: Final = {"lastUpdateDateFrom": "2024-02-29", "lastUpdateDateTo": "2024-02-29"}
_OPEN_DAYS: Final = {"lastUpdateDateFrom": "", "lastUpdateDateTo": "2026-03-31"}


def _partner(rng: Random) -> Json:
    return {"uen": OWN, "code": f"{OWN}-{rng.choice(('01', '03'))}"}


def _employer(rng: Random) -> Json:
    contact = {"fullName": text(rng, 50), "emailAddress": email(rng, 100), "contactNumber": phone(rng)}
    return {"uen": rng.choice(EMPLOYERS), "contact": contact}


def _no_employer() -> Json:
    """Nobody pays but the trainee, said in empty texts as the official samples say it."""
    number = {"countryCode": "", "areaCode": "", "phoneNumber": ""}
    return {"uen": "", "contact": {"fullName": "", "emailAddress": "", "contactNumber": number}}
