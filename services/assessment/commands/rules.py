from libs.database.changes import change
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.errors import Duplicate, UnknownReference
from libs.sources import singapore_day
from services.assessment.errors import RuleInForce
from services.assessment.models.rule import Rule, RuleSource
from services.assessment.models.run import Course
from services.assessment.queries.rules import next_rule_number, rule_on
from services.assessment.schemas.rule import RuleWish


async def introduce_rule(uow: UnitOfWork, wish: RuleWish) -> Rule:
    """A course's rule from a future Singapore day on; what was judged before stays judged."""
    if wish.effective_from <= singapore_day(uow.now()):
        raise RuleInForce(wish.effective_from)
    if await uow.find(Course, wish.course_id) is None:
        raise UnknownReference("course_id", "course", wish.course_id)
    before = await rule_on(uow, wish.course_id, wish.effective_from)
    numbers = wish.model_dump(exclude={"reason", "bands"})
    numbers["bands"] = [[band.from_score, band.grade.value] for band in wish.bands]
    rule = Rule(**lineage(uow), **numbers, number=await next_rule_number(uow), source=RuleSource.PERSON)
    async with refusing(uow, {"rule_person_day_key": Duplicate("rule", "effective_from")}):
        uow.add(rule)
    changes = [
        change(name, getattr(before, name), new) for name, new in numbers.items() if getattr(before, name) != new
    ]
    uow.emit(rule.introduced(wish.reason, changes))
    return rule
