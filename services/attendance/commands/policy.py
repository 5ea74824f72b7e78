from libs.contracts.attendance import AttendancePolicyIntroduced
from libs.database.constraints import refusing
from libs.database.model import lineage
from libs.database.unit_of_work import UnitOfWork
from libs.sources import singapore_day
from services.attendance.errors import Duplicate, PolicyInForce
from services.attendance.models.changes import change
from services.attendance.models.policy import Policy
from services.attendance.queries.policy import list_policies
from services.attendance.schemas.policy import PolicyWish


async def introduce_policy(uow: UnitOfWork, wish: PolicyWish) -> Policy:
    """New numbers from a future date on; what was judged by the old ones stays judged."""
    if wish.effective_from <= singapore_day(uow.now()):
        raise PolicyInForce(wish.effective_from)
    before = (await list_policies(uow))[0]
    numbers = wish.model_dump(exclude={"reason"})
    policy = Policy(**lineage(uow), **numbers, number=before.number + 1)
    duplicate = Duplicate("policy", "effective_from")
    async with refusing(uow, {"policy_effective_from_key": duplicate, "policy_number_key": duplicate}):
        uow.add(policy)
    changes = tuple(
        change(name, getattr(before, name), new) for name, new in numbers.items() if getattr(before, name) != new
    )
    uow.emit(
        AttendancePolicyIntroduced(
            policy_id=policy.id,
            number=policy.number,
            effective_from=policy.effective_from,
            reason=wish.reason,
            changes=changes,
        )
    )
    return policy
