"""Records as callers see them: masked where they must be."""

from collections.abc import Mapping
from uuid import UUID

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.mask import mask_email, mask_id, mask_name
from libs.privacy.vault import Vault
from libs.web.views import LastChange
from services.course.api.doors import masked
from services.course.commands.runs import course_of
from services.course.models.run import CourseRun
from services.course.models.trainer import Trainer
from services.course.queries.allowances import allowed_actions, notices
from services.course.queries.calendar import short_journeys
from services.course.queries.catalogue import trainers_by_id
from services.course.queries.policy import policy_in_force
from services.course.queries.submissions import EMAIL, ID_NUMBER, NAME
from services.course.schemas.run import LinkedTrainer, RunDetail, SessionView, SyncBlock
from services.course.schemas.trainer import TrainerView


def trainer_view(trainer: Trainer, vault: Vault, *, hide: bool) -> TrainerView:
    """The identity number is masked for everybody; name and email too when `hide`."""
    email = vault.open(trainer.email_sealed, purpose=EMAIL, subject=trainer.id)
    number = vault.open(trainer.id_number_sealed, purpose=ID_NUMBER, subject=trainer.id)
    plain = {"id", "version", "status", "id_type", "roles", "existing", "user_id", "salutation", "created_at"}
    plain |= {"domain_area_of_practice", "qualifications", *LastChange.model_fields}
    return TrainerView(
        name=name_of(trainer, vault, hide=hide),
        email=mask_email(email) if hide else email,
        id_number=mask_id(number),
        experience="" if hide else trainer.experience,
        linkedin_url="" if hide else trainer.linkedin_url,
        **{field: getattr(trainer, field) for field in plain},
    )


def name_of(trainer: Trainer, vault: Vault, *, hide: bool) -> str:
    name = vault.open(trainer.name_sealed, purpose=NAME, subject=trainer.id)
    return mask_name(name) if hide else name


async def run_detail(uow: UnitOfWork, run: CourseRun, caller: Principal, vault: Vault) -> RunDetail:
    """Everything the run's page shows, in a fixed number of queries."""
    course, policy = await course_of(uow, run), await policy_in_force(uow)
    trainers = await trainers_by_id(uow, {link.trainer_id for link in run.trainers})
    hide = masked(caller, Permission.RUNS_VIEW)
    given = {name for name in RunDetail.model_fields if name in type(run).model_fields}
    return RunDetail(
        **{name: getattr(run, name) for name in given - {"admin_email"}},
        admin_email=mask_email(run.admin_email) if hide else run.admin_email,
        course_title=course.title,
        sync=_sync_block(run),
        sessions=session_views(run),
        trainers=_linked(run, trainers, vault, hide=hide),
        allowed_actions=allowed_actions(run, caller),
        warnings=[*notices(run, policy, uow.now()), *await short_journeys(uow, run, policy)],
    )


def session_views(run: CourseRun) -> list[SessionView]:
    return [SessionView.model_validate(session) for session in run.sessions]


def _sync_block(run: CourseRun) -> SyncBlock:
    return SyncBlock(
        state=run.sync_state,
        revision=run.revision,
        acked_revision=run.acked_revision,
        acked_at=run.acked_at,
        remote_id=run.remote_id,
        job_id=run.sync_job_id,
        error_code=run.sync_error_code,
        hints=run.sync_hints,
    )


def _linked(run: CourseRun, trainers: Mapping[UUID, Trainer], vault: Vault, *, hide: bool) -> list[LinkedTrainer]:
    return [
        LinkedTrainer(
            trainer_id=link.trainer_id,
            name=name_of(trainers[link.trainer_id], vault, hide=hide),
            roles=link.roles,
            user_id=link.user_id,
        )
        for link in run.trainers
    ]
