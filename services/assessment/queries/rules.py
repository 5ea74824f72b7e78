"""Which rule holds for a course on a day."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlmodel import col

from libs.database.unit_of_work import UnitOfWork
from services.assessment.models.rule import Rule, RuleSource


async def rule_on(uow: UnitOfWork, course_id: UUID, day: date) -> Rule:
    """The course's own rule in force on this Singapore day, else the one laid down for all."""
    own = col(Rule.course_id) == course_id
    wanted = (
        select(Rule)
        .where(or_(own, col(Rule.course_id).is_(None)), col(Rule.effective_from) <= day)
        .order_by(own.desc().nulls_last(), col(Rule.effective_from).desc(), col(Rule.number).desc())
        .limit(1)
    )
    return (await uow.session.scalars(wanted)).one()


async def rules_numbered(uow: UnitOfWork, numbers: Iterable[int]) -> dict[int, Rule]:
    found = await uow.session.scalars(select(Rule).where(col(Rule.number).in_(set(numbers))))
    return {rule.number: rule for rule in found}


async def rule_numbered(uow: UnitOfWork, number: int) -> Rule:
    """What something was judged by."""
    return (await rules_numbered(uow, [number]))[number]


async def last_rule_of(uow: UnitOfWork, course_id: UUID) -> Rule | None:
    """The version of the course's own that begins last."""
    wanted = (
        select(Rule)
        .where(col(Rule.course_id) == course_id)
        .order_by(col(Rule.effective_from).desc(), col(Rule.number).desc())
        .limit(1)
    )
    return (await uow.session.scalars(wanted)).one_or_none()


async def default_rule(uow: UnitOfWork) -> Rule:
    return (await uow.session.scalars(select(Rule).where(col(Rule.source) == RuleSource.DEFAULT))).one()


async def list_rules(uow: UnitOfWork, *, course_id: UUID | None, after: int | None, limit: int) -> list[Rule]:
    """Versions, the newest first; of one course together with the one laid down for all."""
    wanted = select(Rule).order_by(col(Rule.number).desc()).limit(limit)
    if course_id is not None:
        wanted = wanted.where(or_(col(Rule.course_id) == course_id, col(Rule.course_id).is_(None)))
    if after is not None:
        wanted = wanted.where(col(Rule.number) < after)
    return list(await uow.session.scalars(wanted))


async def next_rule_number(uow: UnitOfWork) -> int:
    return int((await uow.session.execute(text("select nextval('assessment.rule_number_seq')"))).scalar_one())
