"""The claim check: a run as TPGateway is to hold it, with personal data in clear. Only tpg-sync may ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from libs.contracts.submissions import RunSubmission, SessionPart, TrainerPart, VenuePart
from libs.database.unit_of_work import UnitOfWork
from libs.sources import SINGAPORE, singapore_day
from services.course.models.run import CourseRun
from services.course.models.run_trainer import RunTrainer
from services.course.models.session import Session
from services.course.models.trainer import Trainer
from services.course.models.venue import Venue
from services.course.queries.catalogue import trainers_by_id, venues_by_id
from services.course.queries.runs import get_run

NAME, EMAIL, ID_NUMBER = "trainer.name", "trainer.email", "trainer.id_number"
"""What each sealed text is for; part of what the seal is bound to."""


class Opens(Protocol):
    """The part of the vault that reading needs."""

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str: ...


async def run_submission(uow: UnitOfWork, run_id: UUID, vault: Opens) -> RunSubmission:
    """The run as it stands at its revision; sessions that were cancelled before TPGateway named them are left out."""
    return await submission_of(uow, await get_run(uow, run_id), vault)


async def submission_of(uow: UnitOfWork, run: CourseRun, vault: Opens) -> RunSubmission:
    """The same for a run at hand."""
    trainers = await trainers_by_id(uow, {link.trainer_id for link in run.trainers})
    places = {session.venue_id for session in run.sessions} | {run.venue_id}
    venues = await venues_by_id(uow, {place for place in places if place is not None})
    default = _venue_part(venues.get(run.venue_id)) if run.venue_id else None
    return RunSubmission(
        run_id=run.id,
        revision=run.revision,
        status=run.status,
        course_reference=run.course_reference,
        registration_opens_on=run.registration_opens_on,
        registration_closes_on=run.registration_closes_on,
        start_on=run.start_on,
        end_on=_last_day(run),
        schedule_info=run.schedule_info,
        venue=default,
        intake_size=run.intake_size,
        threshold=run.threshold,
        registered_count=run.registered_count,
        mode_of_training=run.mode_of_training,
        admin_email=run.admin_email,
        vacancy=run.vacancy,
        remote_id=run.remote_id,
        sessions=tuple(
            _session_part(session, run, venues)
            for session in run.sessions
            if not session.cancelled or session.remote_id is not None
        ),
        trainers=tuple(_trainer_part(trainers[link.trainer_id], link, vault) for link in run.trainers),
    )


def _venue_part(venue: Venue | None) -> VenuePart | None:
    if venue is None:
        return None
    return VenuePart(**{name: getattr(venue, name) for name in VenuePart.model_fields})


def _last_day(run: CourseRun) -> date:
    """TPGateway wants every session inside the run's dates, so a make-up session widens what it is told."""
    makeups = [session.end_at for session in run.sessions if session.is_makeup and not session.cancelled]
    return max([run.end_on, *(singapore_day(end_at) for end_at in makeups)])


def _session_part(session: Session, run: CourseRun, venues: Mapping[UUID, Venue]) -> SessionPart:
    """Singapore wall-clock time; no venue means the run's. An end at midnight belongs to the day it closes."""
    elsewhere = session.venue_id is not None and session.venue_id != run.venue_id
    start, end = session.start_at.astimezone(SINGAPORE), session.end_at.astimezone(SINGAPORE)
    if end.hour == end.minute == 0:
        end -= timedelta(minutes=1)
    return SessionPart(
        session_id=session.id,
        sequence=session.sequence,
        start_on=start.date(),
        start_time=start.time(),
        end_on=end.date(),
        end_time=end.time(),
        mode_of_training=session.mode_of_training,
        venue=_venue_part(venues.get(session.venue_id)) if elsewhere and session.venue_id else None,
        cancelled=session.cancelled,
        remote_id=session.remote_id,
    )


def _trainer_part(trainer: Trainer, link: RunTrainer, vault: Opens) -> TrainerPart:
    return TrainerPart(
        trainer_id=trainer.id,
        existing=trainer.existing,
        name=vault.open(trainer.name_sealed, purpose=NAME, subject=trainer.id),
        email=vault.open(trainer.email_sealed, purpose=EMAIL, subject=trainer.id),
        id_type=trainer.id_type,
        id_number=vault.open(trainer.id_number_sealed, purpose=ID_NUMBER, subject=trainer.id),
        roles=tuple(link.roles),
        domain_area_of_practice=trainer.domain_area_of_practice,
        experience=trainer.experience,
        linkedin_url=trainer.linkedin_url,
        salutation=trainer.salutation,
        qualifications=tuple((each["code"], each["description"]) for each in trainer.qualifications),
    )
