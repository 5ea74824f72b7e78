from libs.database.unit_of_work import UnitOfWork
from libs.database.versions import version_in_force, version_numbered
from services.enrolment.models.policy import Policy


async def policy_in_force(uow: UnitOfWork) -> Policy:
    """The numbers that hold on today's Singapore date."""
    return await version_in_force(uow, Policy)


async def policy_numbered(uow: UnitOfWork, number: int) -> Policy:
    """The numbers something was judged by."""
    return await version_numbered(uow, Policy, number)
