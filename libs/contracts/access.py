"""What any service's door says when it refuses someone."""

from uuid import UUID

from libs.contracts.event import Event


class AccessRefused(Event, type="access.refused", key="refusal_id"):
    """Someone known asked for what they may not do. `route` is the template, never the filled-in path."""

    refusal_id: UUID
    service: str
    permission: str
    method: str
    route: str
