"""The runs both sides of the sync benchmark submit. Synthetic; the same number is always the same run."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.contracts.course import RunFact, RunStatus
from libs.contracts.submissions import RunSubmission, VenuePart
from libs.sources import singapore_day

COURSE = "TGS-2026000123"
UEN = "197401143C"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # the bytes 00..1f: no secret
_FIRST = 1_000_000
_VENUE = VenuePart(street="Demo Road", floor="02", unit="11", postal_code="408533", room="2A")


def run_id(number: int) -> UUID:
    return UUID(int=_FIRST + number)


def submission(run: UUID) -> RunSubmission:
    """What the owner would hand out for this run: a run without sessions, so that one job is one call."""
    today = singapore_day(datetime.now(UTC))
    return RunSubmission(
        run_id=run,
        revision=1,
        status="open",
        course_reference=COURSE,
        registration_opens_on=today + timedelta(days=5),
        registration_closes_on=today + timedelta(days=20),
        start_on=today + timedelta(days=30),
        end_on=today + timedelta(days=31),
        schedule_info=f"Class {run.int - _FIRST}",
        venue=_VENUE,
        intake_size=20,
        threshold=2,
        mode_of_training="1",
        admin_email="ops@example.com",
        vacancy="A",
    )


def fact(run: RunSubmission) -> RunFact:
    """The same as its event tells it."""
    return RunFact(
        course_id=UUID(int=50),
        course_reference=run.course_reference,
        status=RunStatus.OPEN,
        revision=run.revision,
        registration_opens_on=run.registration_opens_on,
        registration_closes_on=run.registration_closes_on,
        start_on=run.start_on,
        end_on=run.end_on,
        intake_size=run.intake_size,
        threshold=run.threshold,
        min_pax=1,
        mode_of_training=run.mode_of_training,
        vacancy=run.vacancy,
        policy_version=1,
    )
