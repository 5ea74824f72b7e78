"""What a reply means for its job: the whole table, in one place, without a database or a network.

| reply                                          | create            | safe to repeat      | attempt | breaker |
| ---------------------------------------------- | ----------------- | ------------------- | ------- | ------- |
| 2xx                                            | succeed           | succeed             |         |         |
| connection never made                          | retry             | retry               | no      | failure |
| time-out, lost reply, 408, 5xx                 | verify            | retry               | yes     | failure |
| 409 still outstanding                          | verify in 5 s     | retry in 5 s        | yes     |         |
| 429                                            | retry, slow down  | retry, slow down    | no      |         |
| 401, 403, certificate, encryption              | retry, hold lane  | retry, hold lane    | no      |         |
| a 2xx whose body cannot be decrypted           | verify, hold lane | retry, hold lane    | no      |         |
| other 4xx, 3xx                                 | reject            | reject              | yes     |         |

A create is never repeated before a read has shown that it did not take effect: TPGateway knows no idempotency key.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from libs.contracts.tpg_sync import Hint
from services.tpg_sync.client.tpgateway import Fault, Reply

OUTSTANDING_DELAY: Final = timedelta(seconds=5)
_HOLDING: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Next(StrEnum):
    SUCCEED = "succeed"
    VERIFY = "verify"
    RETRY = "retry"
    REJECT = "reject"
    BLOCK = "block"
    """Nothing may be sent yet: a record it hangs on is not there."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where the job goes, and what the call says about the lane and the circuit."""

    next: Next
    counted: bool = False
    breaker_failure: bool = False
    holds: str | None = None
    slows: bool = False
    delay: timedelta | None = None
    """A wait the server asked for, or the protocol does; None leaves it to the backoff."""
    error_class: str = ""
    error_code: str = ""
    hints: tuple[Hint, ...] = ()


def decide(reply: Reply, *, repeatable: bool) -> Decision:
    """Sort the reply to a call that was meant to change something."""
    if reply.fault is not None:
        return _fault(reply.fault, reply, repeatable=repeatable)
    if reply.ok:
        return Decision(Next.SUCCEED)
    if reply.undecryptable:
        return _held("encryption", "request_not_decryptable")
    return _status(reply, repeatable=repeatable)


def decide_reading(reply: Reply) -> Decision:
    """Sort the reply to a read: it may always be repeated, and never uses an attempt.

    404 succeeds: for TPGateway it is how an empty answer looks.
    """
    if reply.status == HTTPStatus.NOT_FOUND and reply.fault is None:
        return Decision(Next.SUCCEED)
    found = decide(reply, repeatable=True)
    if found.next is Next.SUCCEED:
        return found
    return Decision(
        Next.RETRY,
        breaker_failure=found.breaker_failure,
        holds=found.holds,
        slows=found.slows,
        delay=found.delay,
        error_class=found.error_class,
        error_code=found.error_code,
    )


def _held(cause: str, code: str, after: Next = Next.RETRY) -> Decision:
    return Decision(after, holds=cause, error_class=cause, error_code=code)


def _unknown_end(code: str, *, repeatable: bool, delay: timedelta | None = None) -> Decision:
    after = Next.RETRY if repeatable else Next.VERIFY
    return Decision(after, counted=True, breaker_failure=True, delay=delay, error_class="unknown_end", error_code=code)


def _fault(fault: Fault, reply: Reply, *, repeatable: bool) -> Decision:
    match fault:
        case Fault.NOT_CONNECTED:
            return Decision(Next.RETRY, breaker_failure=True, error_class="unreachable", error_code=reply.error_code)
        case Fault.CREDENTIALS:
            return _held("credentials", reply.error_code)
        case Fault.UNREADABLE:
            return _held("encryption", reply.error_code, Next.RETRY if repeatable else Next.VERIFY)
        case Fault.LOST:
            return _unknown_end(reply.error_code, repeatable=repeatable)


def _status(reply: Reply, *, repeatable: bool) -> Decision:
    status = reply.status or 0
    if status in _HOLDING:
        return _held("credentials", reply.error_code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Decision(
            Next.RETRY, slows=True, delay=reply.retry_after, error_class="too_many", error_code=reply.error_code
        )
    if status == HTTPStatus.CONFLICT:
        after = Next.RETRY if repeatable else Next.VERIFY
        return Decision(
            after, counted=True, delay=OUTSTANDING_DELAY, error_class="outstanding", error_code=reply.error_code
        )
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unknown_end(reply.error_code, repeatable=repeatable, delay=reply.retry_after)
    return Decision(Next.REJECT, counted=True, error_class="refused", error_code=reply.error_code, hints=reply.hints)
