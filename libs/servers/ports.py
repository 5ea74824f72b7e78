"""Ports nobody else holds."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """`count` different loopback ports that were free a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def is_listening(port: int, *, timeout_s: float = 0.5) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(timeout_s)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def taken(ports: Iterator[int]) -> list[int]:
    """Those of the ports on which something listens already."""
    return [port for port in ports if is_listening(port)]
