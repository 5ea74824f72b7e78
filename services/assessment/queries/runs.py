"""Runs and courses as assessment knows them, and who assesses them."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.assessment.models.run import RunAccount


async def forget_accounts(uow: UnitOfWork, run_id: UUID) -> None:
    """Make room for the accounts linked to the run now."""
    await uow.session.execute(delete(RunAccount).where(col(RunAccount.run_id) == run_id))


async def assessor_of(uow: UnitOfWork, run_id: UUID, user_id: UUID) -> RunAccount | None:
    """The account, if it assesses the run."""
    account = await uow.find(RunAccount, (run_id, user_id))
    return account if account is not None and account.assesses else None


def assessed_by(user_id: UUID, run_id: Any) -> Any:
    """Whether the run is one this account assesses."""
    return (
        select(col(RunAccount.run_id))
        .where(col(RunAccount.run_id) == run_id, col(RunAccount.user_id) == user_id, col(RunAccount.assesses))
        .exists()
    )
