"""What any service says when an operator acts on its messaging."""

from uuid import UUID

from libs.contracts.event import Event


class ConsumerPaused(Event, type="operation.consumer_paused", key="operation_id"):
    """An operator stopped delivery to the service; messages wait."""

    operation_id: UUID
    service: str


class ConsumerResumed(Event, type="operation.consumer_resumed", key="operation_id"):
    """Delivery to the service goes on."""

    operation_id: UUID
    service: str


class DeadLettersReplayed(Event, type="operation.dead_letters_replayed", key="operation_id"):
    """Dead items are due again, in the one consumer they died in."""

    operation_id: UUID
    service: str
    count: int


class DeadLettersDiscarded(Event, type="operation.dead_letters_discarded", key="operation_id"):
    """Dead items were given up, for the reason given."""

    operation_id: UUID
    service: str
    count: int


class ReplayCancelled(Event, type="operation.replay_cancelled", key="operation_id"):
    """Replayed items that were not tried yet are dead again."""

    operation_id: UUID
    service: str
    count: int


class LogRestored(Event, type="operation.log_restored", key="operation_id"):
    """The service's database was restored from a backup: what was said after that backup has not happened any more."""

    operation_id: UUID
    service: str
