"""Instants as the proofs count and write them."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Since 1970, UTC."""
    return (at - EPOCH) // _MICROSECOND


def told_at(at: datetime) -> str:
    """One spelling only: `2026-01-31T08:00:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
