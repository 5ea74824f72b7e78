"""What every service says that kept something about a person, once it has destroyed it."""

from uuid import UUID

from libs.contracts.event import Event


class CopiesErased(Event, type="trainee_copies.erased", key="trainee_id"):
    """All that `service` kept about this person is destroyed: nothing there opens or is found any more."""

    trainee_id: UUID
    service: str
