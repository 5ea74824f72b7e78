"""Where a dead letter lies."""

from enum import StrEnum


class Kind(StrEnum):
    """Where it lies; the first three are a service's own words for its dead letters."""

    INBOX = "inbox"
    BROKER = "broker"
    OUTBOX = "outbox"
    SYNC = "sync"
