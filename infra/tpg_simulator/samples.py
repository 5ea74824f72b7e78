"""Synthetic seed, runs, sessions and trainers in the gateway's field shapes, for tests and for trying things out."""

from datetime import datetime
from typing import Any

from infra.tpg_simulator.clock import SINGAPORE
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.seed import Course, OAuthClient, ProfileTrainer, Provider, Seed

OWN, OTHER = "197401143C", "201212345K"
COURSE, OLD_COURSE, EXPIRED_COURSE, FOREIGN_COURSE = "TGS-2026000123", "INT-OLD 7", "TGS-2020000001", "TGS-2026000900"
EXISTING_TRAINER_ID = "S1234567D"
CLIENT_ID, CLIENT_SECRET = "open-reads", "synthetic"
TRAINEE_ID, FOREIGN_TRAINEE_ID = "S1234567D", "G1234567X"
SKILL = "TST-WOK-1001-1.1"
EMPLOYER_UEN = "00192200M"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # the bytes 00..1f, as in the test vectors: no secret
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SINGAPORE)


def synthetic_seed() -> Seed:
    """Make two providers, the first of them acting, with courses of every kind."""
    trainer = ProfileTrainer(
        id_number=EXISTING_TRAINER_ID, name="Test Trainer", email="trainer@example.com", domain_area="Wok safety"
    )
    return Seed(
        providers=(
            Provider(uen=OWN, code=f"{OWN}-01", name="DEMO PTE. LTD.", trainers=(trainer,)),
            Provider(uen=OTHER, code=f"{OTHER}-01", name="OTHER PTE. LTD."),
        ),
        courses=(
            Course(reference=COURSE, title="Basic Wok Safety", provider=OWN, skill_codes=(SKILL,)),
            Course(reference=OLD_COURSE, external_reference="CRS-Q-7", title="Old", provider=OWN),
            Course(reference=EXPIRED_COURSE, title="Retired", provider=OWN, expired=True),
            Course(reference=FOREIGN_COURSE, title="Foreign", provider=OTHER),
        ),
        employers={EMPLOYER_UEN: "DEMO EMPLOYER"},
        oauth_clients=(OAuthClient(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, provider=OWN),),
        encryption_key=KEY,
    )


def synthetic_session(**changes: Any) -> Json:
    return {
        "startDate": "20260323",
        "endDate": "2026-03-23",
        "startTime": "09:00",
        "endTime": "17:00:00",
        "modeOfTraining": "1",
        "venue": {"primaryVenue": True},
    } | changes


def synthetic_run(**changes: Any) -> Json:
    return {
        "sequenceNumber": 0,
        "registrationDates": {"opening": 20260302, "closing": 20260320},
        "courseDates": {"start": 20260323, "end": 20260324},
        "scheduleInfoType": {"code": "01", "description": "Description"},
        "scheduleInfo": "Mon-Tue 9am-5pm",
        "venue": {
            "block": "",
            "street": "Demo Road",
            "floor": "02",
            "unit": "11",
            "building": "",
            "postalCode": "408533",
            "room": "2A",
            "wheelChairAccess": True,
        },
        "intakeSize": 20,
        "threshold": 2,
        "registeredUserCount": 0,
        "modeOfTraining": "1",
        "courseAdminEmail": "ops@example.com",
        "courseVacancy": {"code": "A", "description": "Available"},
        "file": {"Name": "", "content": ""},
        "sessions": [synthetic_session()],
    } | changes


def existing_trainer(**changes: Any) -> Json:
    kind = {"code": "1", "description": "Existing"}
    return {"trainer": {"trainerType": kind, "idNumber": EXISTING_TRAINER_ID} | changes}


def new_trainer(**changes: Any) -> Json:
    trainer = {
        "trainerType": {"code": "2", "description": "New"},
        "idNumber": "G7654321Q",
        "idType": {"code": "SO", "description": "Fin/Work Permit"},
        "name": "New Trainer",
        "email": "new.trainer@example.com",
        "roles": [{"role": {"id": 1, "description": "Trainer"}}],
        "inTrainingProviderProfile": False,
        "domainAreaOfPractice": "Wok safety",
        "salutationId": 1,
        "linkedSsecEQAs": [{"description": "Diploma", "ssecEQA": {"code": "51"}}],
    }
    return {"trainer": trainer | changes}


def synthetic_attendance(**changes: Any) -> Json:
    """The `attendance` object of an upload; `changes` replace fields of `trainee`."""
    trainee = {
        "id": TRAINEE_ID,
        "name": "Test Trainee",
        "email": "trainee@example.com",
        "idType": {"code": "SP"},
        "contactNumber": {"mobile": "91234567", "areaCode": None, "countryCode": 65},
        "numberOfHours": 3.5,
        "surveyLanguage": {"code": "EL"},
    }
    return {"status": {"code": "1"}, "trainee": trainee | changes}


def synthetic_assessment(run_id: int, **changes: Any) -> Json:
    """A create; `changes` replace fields of the root."""
    return {
        "trainingPartner": {"uen": OWN, "code": f"{OWN}-01"},
        "course": {"run": {"id": str(run_id)}, "referenceNumber": COURSE},
        "trainee": {"id": TRAINEE_ID, "idType": "NRIC", "fullName": "Test Trainee"},
        "result": "Pass",
        "grade": "A",
        "score": 85,
        "assessmentDate": "2026-03-24",
        "skillCode": SKILL,
        "conferringInstitute": {"code": f"{OWN}-01"},
    } | changes


def synthetic_enrolment(run_id: int, **changes: Any) -> Json:
    """A create for one trainee whose employer pays; `changes` replace fields of `trainee`."""
    phone = {"countryCode": "+65", "areaCode": "", "phoneNumber": "91234567"}
    contact = {"fullName": "Test Contact", "emailAddress": "hr@example.com", "contactNumber": phone}
    trainee = {
        "id": TRAINEE_ID,
        "idType": {"type": "NRIC"},
        "fullName": "Test Trainee",
        "dateOfBirth": "1980-01-31",
        "emailAddress": "trainee@example.com",
        "contactNumber": phone,
        "enrolmentDate": "2026-03-02",
        "sponsorshipType": "EMPLOYER",
        "employer": {"uen": EMPLOYER_UEN, "contact": contact},
        "fees": {"discountAmount": 50.25, "collectionStatus": "Pending Payment"},
    }
    return {
        "course": {"run": {"id": str(run_id)}, "referenceNumber": COURSE},
        "trainee": trainee | changes,
        "trainingPartner": {"uen": OWN, "code": f"{OWN}-01"},
    }
