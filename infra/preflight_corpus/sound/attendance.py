"""Sound uploads of attendance."""

from random import Random

from infra.preflight_corpus.case import Json
from infra.preflight_corpus.sound.words import LANGUAGES, email, maybe, text
from infra.preflight_corpus.stage import MODES, PEOPLE, session_id
from infra.tpg_simulator.samples import COURSE, OWN

_KINDS = {"S": ("SP", "SB"), "T": ("SP", "SB"), "F": ("SO",), "G": ("SO",)}


def upload(rng: Random) -> Json:
    """A2: somebody enrolled, at one of the run's sessions, reachable one way or the other."""
    number = rng.randint(1, len(MODES))
    person = rng.choice(PEOPLE)
    mobile = rng.choice(("91234567", "81234567", "9123 4567", "+65 91234567"))
    contact = {"mobile": mobile, "areaCode": rng.choice((None, 0, 6, 99999)), "countryCode": rng.choice((65, 1, 999))}
    contact = maybe(rng, contact, "areaCode", leave_out=0.1)
    trainee: Json = {
        "id": person,
        "name": text(rng, 66),
        "email": email(rng, 320),
        "idType": {"code": rng.choice(_KINDS.get(person[0], ("FP", "OT")))},
        "contactNumber": contact,
        "numberOfHours": rng.choice((0.5, 3.5, 8, 8.0, 1, 7.25)),
        "surveyLanguage": {"code": rng.choice(LANGUAGES)},
    }
    trainee = maybe(rng, trainee, *(["numberOfHours"] if MODES[number - 1] != "4" else []), leave_out=0.3)
    match rng.randrange(4):
        case 0:
            del trainee["email"]
        case 1:
            del contact["mobile"]
        case 2:
            contact["mobile"] = ""
        case _:
            pass
    attendance = {"status": {"code": rng.choice("1234")}, "trainee": trainee}
    course = {"sessionID": session_id(number), "referenceNumber": COURSE, "attendance": attendance}
    return {"uen": OWN, "corppassId": text(rng, 40), "course": course}
