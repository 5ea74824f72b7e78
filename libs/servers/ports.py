"""Ports nobody else holds."""

import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

BELOW_THE_EPHEMERAL = range(20_000, 32_000)
"""A server that is killed and started again must find its port free: no connection is given one of these by chance."""


def free_ports(count: int) -> list[int]:
    """`count` different loopback ports that were free a moment ago."""
    chance = random.SystemRandom()
    found: list[int] = []
    with ExitStack() as stack:
        while len(found) < count:
            port, probe = chance.choice(BELOW_THE_EPHEMERAL), stack.enter_context(socket.socket())
            with suppress(OSError):  # taken: another one then
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def is_listening(port: int, *, timeout_s: float = 0.5) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(timeout_s)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def taken(ports: Iterator[int]) -> list[int]:
    """Those of the ports on which something listens already."""
    return [port for port in ports if is_listening(port)]
