from libs.contracts.enrolment import EnrolmentPolicyIntroduced
from libs.database.unit_of_work import UnitOfWork
from libs.database.versions import introduce_version
from services.enrolment.models.policy import Policy
from services.enrolment.schemas.policy import PolicyWish


async def introduce_policy(uow: UnitOfWork, wish: PolicyWish) -> Policy:
    """New numbers from a future date on; what was judged by the old ones stays judged."""
    policy, changes = await introduce_version(uow, Policy, wish.model_dump(exclude={"reason"}))
    uow.emit(
        EnrolmentPolicyIntroduced(
            policy_id=policy.id,
            number=policy.number,
            effective_from=policy.effective_from,
            reason=wish.reason,
            changes=changes,
        )
    )
    return policy
