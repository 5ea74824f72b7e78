from libs.database.unit_of_work import UnitOfWork
from libs.database.versions import version_in_force
from services.attendance.models.policy import Policy


async def policy_in_force(uow: UnitOfWork) -> Policy:
    """The numbers that hold on today's Singapore date."""
    return await version_in_force(uow, Policy)
