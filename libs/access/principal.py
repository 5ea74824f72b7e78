"""Who calls, as proven by a token."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from libs.access.permissions import MATRIX, Grant, Permission, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service client with what it may do. Holds ids only, never names."""

    subject: UUID
    roles: frozenset[Role]
    scopes: frozenset[str] = field(default_factory=frozenset)
    sign_in_id: UUID | None = None

    def grant(self, permission: Permission) -> Grant | None:
        """How far the permission reaches for this caller, the widest over all roles; None means no."""
        cells = MATRIX.get(permission, {})
        grants = [cells[role] for role in self.roles if role in cells]
        usable = [grant for grant in grants if grant is not Grant.SCOPED or permission.value in self.scopes]
        return max(usable, default=None)

    def role_for(self, permission: Permission) -> str:
        """The role under which this act is done, for the record."""
        cells = MATRIX.get(permission, {})
        holding = sorted((role for role in self.roles if role in cells), key=lambda role: -cells[role])
        return (holding or sorted(self.roles))[0].value if self.roles else "none"

    def permissions(self) -> dict[str, str]:
        """Every permission this caller holds, with its reach: what the UI shows or hides by."""
        held = ((permission, self.grant(permission)) for permission in Permission)
        return {permission.value: grant.name.lower() for permission, grant in held if grant is not None}


def principal_of(
    subject: UUID, roles: Iterable[str], scopes: Iterable[str] = (), sign_in_id: UUID | None = None
) -> Principal:
    """A principal from a token's plain claims; roles this build does not know are ignored."""
    known = {role.value for role in Role}
    return Principal(
        subject=subject,
        roles=frozenset(Role(role) for role in roles if role in known),
        scopes=frozenset(scopes),
        sign_in_id=sign_in_id,
    )
