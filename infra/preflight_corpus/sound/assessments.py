"""Sound results, changes of them, and searches."""

from random import Random
from typing import Final

from infra.preflight_corpus.case import Json
from infra.preflight_corpus.sound.enrolments import frame
from infra.preflight_corpus.sound.words import filters, maybe, text
from infra.preflight_corpus.stage import ENROLMENT, PEOPLE, RUN
from infra.tpg_simulator.samples import COURSE, OWN, SKILL

_KINDS: Final = {"S": "NRIC", "T": "NRIC", "F": "FIN", "G": "FIN"}


def create(rng: Random) -> Json:
    """S1."""
    person = rng.choice(PEOPLE)
    code = f"{OWN}-{rng.choice(('01', '03'))}"
    assessment = {
        "trainingPartner": {"uen": OWN, "code": code},
        "course": {"run": {"id": str(RUN)}, "referenceNumber": COURSE},
        "trainee": {
            "id": person,
            "idType": _KINDS.get(person[0], rng.choice(("OTHERS", "Others"))),
            "fullName": text(rng, 200),
        },
        "conferringInstitute": {"code": rng.choice((code, "INSTITUTE-00015"))},
        **_outcome(rng),
    }
    return {"assessment": maybe(rng, assessment, "grade", "score", "skillCode", "conferringInstitute")}


def update(rng: Random) -> Json:
    """S2."""
    change = {"trainee": {"fullName": text(rng, 200)}, **_outcome(rng)}
    return {"assessment": {"action": "update", **maybe(rng, change, *change)}}


def void(_: Random) -> Json:
    """S3."""
    return {"assessment": {"action": "void"}}


def search(rng: Random) -> Json:
    """S4."""
    sought = filters(
        rng,
        {
            "course": lambda: {"run": {"id": rng.choice((str(RUN), ""))}, "referenceNumber": rng.choice((COURSE, ""))},
            "trainee": lambda: {"id": rng.choice((*PEOPLE, ""))},
            "enrolment": lambda: {"referenceNumber": rng.choice((ENROLMENT, ""))},
            "skillCode": lambda: rng.choice((SKILL, "")),
        },
    )
    partner = {"uen": OWN, "code": f"{OWN}-01"}
    around = frame(rng, ("updatedOn", "createdOn", "assessmentDate"), paged=True)
    return {"assessments": {**sought, "trainingPartner": partner}, **around}


def _outcome(rng: Random) -> Json:
    return {
        "result": rng.choice(("Pass", "Fail", "Exempt")),
        "grade": rng.choice("ABCDEF"),
        "score": rng.choice((0, 1, 50, 100)),
        "assessmentDate": rng.choice(("2026-03-23", "2026-03-26", "2026-03-30")),
        "skillCode": SKILL,
    }
