"""Accounts as callers see them: masked where they must be."""

from datetime import datetime

from libs.access.principal import Principal
from libs.database.unit_of_work import UnitOfWork
from libs.privacy.mask import mask_email, mask_name
from libs.privacy.vault import Vault
from libs.web.views import LastChange
from services.auth.api.doors import hides
from services.auth.commands.users import open_details
from services.auth.models.user import User
from services.auth.queries.users import locks_of
from services.auth.schemas.user import UserView


async def user_views(uow: UnitOfWork, users: list[User], vault: Vault, caller: Principal) -> list[UserView]:
    """Accounts with who is locked out, in one query more."""
    locks = await locks_of(uow, users, uow.now())
    hide = hides(caller)
    return [_view(user, vault, locks.get(user.email_index), hide=hide) for user in users]


def _view(user: User, vault: Vault, locked_until: datetime | None, *, hide: bool) -> UserView:
    email, name = open_details(vault, user)
    return UserView(
        id=user.id,
        version=user.version,
        email=mask_email(email) if hide else email,
        name=mask_name(name) if hide else name,
        roles=user.roles,
        status=user.status,
        locked_until=locked_until,
        created_at=user.created_at,
        **{field: getattr(user, field) for field in LastChange.model_fields},
    )
