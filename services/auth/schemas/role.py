from pydantic import BaseModel


class RoleView(BaseModel):
    """A role with what it may do and how far: all, masked, own, or scoped (only with the scope of that name)."""

    role: str
    for_people: bool
    permissions: dict[str, str]


class RolesView(BaseModel):
    items: list[RoleView]
