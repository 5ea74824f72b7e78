"""A course run in our words -> what TPGateway wants to hear: publish, edit, delete.

Every function is pure. Requests hold personal data (trainers' ids, the administrator's address): encrypt, never log.
"""

from datetime import datetime, time, timedelta
from typing import Any, Final

from libs.contracts.submissions import RunSubmission, SessionPart, TrainerPart, VenuePart
from libs.sources import SINGAPORE
from libs.tpgateway.course_runs.parts import Coded, CourseDates, File, RegistrationDates, RunVenue, SessionVenue
from libs.tpgateway.course_runs.requests import (
    DeleteRequest,
    EditRequest,
    NewRun,
    PublishRequest,
    RunEdit,
    Session,
    SessionEdit,
)
from libs.tpgateway.course_runs.trainers import (
    EXISTING,
    NEW,
    Level,
    Photo,
    Qualification,
    Role,
    RoleLink,
    Trainer,
    TrainerLink,
)
from libs.tpgateway.rules.ruleset import RuleSet

ID_TYPE_OF_LOCAL: Final = {"NRIC": "SP", "FIN": "SO", "OTHERS": "OT"}
"""Our three kinds of id, in the five codes trainers have on the wire."""


def publish_request(submission: RunSubmission, *, uen: str, ruleset: RuleSet) -> PublishRequest:
    """Make the run exist, with every session that takes place."""
    taking_place = [part for part in submission.sessions if not part.cancelled]
    sessions = tuple(Session(**_session(part, submission.venue)) for part in taking_place)
    run = NewRun(sequence_number=0, sessions=sessions, **_run(submission, ruleset))
    return PublishRequest.of(submission.course_reference, uen, run)


def edit_request(submission: RunSubmission, *, uen: str, ruleset: RuleSet, now: datetime) -> EditRequest:
    """Bring an existing run to this state; a session's `remote_id` says that TPGateway has it.

    The whole run goes out each time, trainers included: a list left out would be a list removed. A session it has is
    updated or deleted, unless it has begun, for then TPGateway takes no change; one it does not have is added.
    """
    told = [part for part in submission.sessions if is_told_in_edit(part, ruleset, now)]
    sessions = tuple(_edited(part, submission.venue) for part in told)
    return EditRequest.of(submission.course_reference, uen, RunEdit(sessions=sessions, **_run(submission, ruleset)))


def is_told_in_edit(part: SessionPart, ruleset: RuleSet, now: datetime) -> bool:
    """Not when TPGateway lacks a cancelled session anyway, or takes no change of it any more."""
    if part.remote_id is None:
        return not part.cancelled
    start_time = part.start_time if ruleset.is_timed(part.mode_of_training) else time.min
    start_at = datetime.combine(part.start_on, start_time, SINGAPORE)
    return start_at > now + timedelta(minutes=ruleset.limits.edit_cutoff_minutes)


def delete_request(submission: RunSubmission, *, uen: str) -> DeleteRequest:
    """Take the run back, all its sessions with it."""
    return DeleteRequest.of(submission.course_reference, uen)


def _run(submission: RunSubmission, ruleset: RuleSet) -> dict[str, Any]:
    """What publish and edit tell alike."""
    return {
        "registration_dates": RegistrationDates(
            opening=submission.registration_opens_on, closing=submission.registration_closes_on
        ),
        "course_dates": CourseDates(start=submission.start_on, end=submission.end_on),
        "schedule_info_type": Coded(code="01", description="Description"),
        "schedule_info": submission.schedule_info,
        "venue": None if submission.venue is None else RunVenue(**_venue(submission.venue)),
        "intake_size": submission.intake_size,
        "threshold": submission.threshold,
        "registered_user_count": submission.registered_count,
        "mode_of_training": submission.mode_of_training,
        "course_admin_email": submission.admin_email,
        "course_vacancy": Coded(code=submission.vacancy, description=ruleset.words("vacancy", submission.vacancy)),
        "file": File(),
        "link_course_run_trainer": tuple(
            TrainerLink(trainer=_trainer(trainer, index, ruleset)) for index, trainer in enumerate(submission.trainers)
        ),
    }


def _venue(venue: VenuePart) -> dict[str, Any]:
    parts = venue.model_dump(exclude={"wheelchair_access"})
    return {**parts, "wheel_chair_access": venue.wheelchair_access}


def _session(part: SessionPart, run_venue: VenuePart | None) -> dict[str, Any]:
    place = part.venue or run_venue
    venue = SessionVenue(primary_venue=part.venue is None, **(_venue(place) if place else {}))
    return {
        "start_date": part.start_on,
        "end_date": part.end_on,
        "start_time": part.start_time,
        "end_time": part.end_time,
        "mode_of_training": part.mode_of_training,
        "venue": venue,
    }


def _edited(part: SessionPart, run_venue: VenuePart | None) -> SessionEdit:
    if part.remote_id is None:
        return SessionEdit(**_session(part, run_venue))
    if part.cancelled:
        return SessionEdit(action="delete", session_id=part.remote_id, end_date=part.end_on)
    return SessionEdit(action="update", session_id=part.remote_id, **_session(part, run_venue))


def _trainer(trainer: TrainerPart, index: int, ruleset: RuleSet) -> Trainer:
    if trainer.existing:
        kind = Coded(code=EXISTING, description=ruleset.words("trainer_type", EXISTING))
        return Trainer(trainer_type=kind, index_number=index, id_number=trainer.id_number)
    code = ID_TYPE_OF_LOCAL.get(trainer.id_type, trainer.id_type)
    return Trainer(
        trainer_type=Coded(code=NEW, description=ruleset.words("trainer_type", NEW)),
        index_number=index,
        name=trainer.name,
        email=trainer.email,
        id_number=trainer.id_number,
        id_type=Coded(code=code, description=ruleset.words("id_type", code)),
        roles=tuple(RoleLink(role=Role(id=role, description=ruleset.words("role", role))) for role in trainer.roles),
        in_training_provider_profile=False,
        domain_area_of_practice=trainer.domain_area_of_practice,
        experience=trainer.experience,
        linked_in_url=trainer.linkedin_url,
        salutation_id=trainer.salutation,
        photo=Photo(),
        qualifications=tuple(
            Qualification(description=description, level=Level(code=code))
            for code, description in trainer.qualifications
        ),
    )
