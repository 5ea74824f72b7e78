"""The roles and the whole matrix of what they may do."""

from libs.access.permissions import MATRIX, Permission, Role
from libs.web.guard import allow
from libs.web.routing import Router
from services.auth.schemas.role import RolesView, RoleView

router = Router(prefix="/api/v1/auth/roles", tags=["users"])


@router.get("", dependencies=[allow(Permission.USERS_VIEW)])
async def show_roles() -> RolesView:
    """Each role with its permissions and how far each reaches."""
    return RolesView(items=[_view(role) for role in Role])


def _view(role: Role) -> RoleView:
    held = {permission.value: cells[role].name.lower() for permission, cells in MATRIX.items() if role in cells}
    return RoleView(role=role, for_people=role is not Role.SERVICE, permissions=held)
