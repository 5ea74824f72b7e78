"""Several questions about one moment."""

from libs.database.unit_of_work import UnitOfWork


async def at_one_moment(uow: UnitOfWork) -> None:
    """Make every question of this unit see the database as it is now, whatever others commit meanwhile.

    To be called before the first question; the unit must not change anything.
    """
    await uow.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
