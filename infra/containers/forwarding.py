"""Ways into the composed system for whoever may command its engine: a loopback port a part, carried in by `exec`.

Nothing of the system listens to more than it did. The ports are those that the same parts have in the system of
`make up`, so whatever asks that one can ask this one.
"""

import asyncio
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from infra.containers import relay
from infra.containers.engine import Engine
from infra.containers.settings import PORT
from infra.local.layout import Layout, wire_name

THROUGH = "simulator"
"""The container from which everything is reached; itself it is reached on its own loopback, as it wants to be."""
LOOPBACK = "127.0.0.1"

Carrier = Sequence[str]
"""A command that carries one connection: what it reads goes there, what comes back it writes."""


def carriers(engine: Engine, layout: Layout) -> dict[int, Carrier]:
    """Each part's port here, and what carries a connection to it."""
    text = Path(relay.__file__).read_text()
    inside = engine.compose(layout, "exec", "-T", THROUGH, "python", "-IS", "-c", text)
    return {layout.port(part): [*inside, host, str(port)] for part, host, port in _places(layout)}


def _places(layout: Layout) -> Iterator[tuple[str, str, int]]:
    """What is carried: the part, and where it is found from within."""
    yield "simulator", LOOPBACK, Layout().port("simulator")
    yield "postgres", "postgres", 5432
    yield "rabbitmq", "rabbitmq", 5672
    for service in layout.services():
        yield service, f"{wire_name(service)}-api", PORT


async def forward_until_told(told: Mapping[int, Carrier]) -> None:
    """`forward`, until this process is asked to end; an interrupt ends it as well."""
    forwarding = asyncio.create_task(forward(told))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, forwarding.cancel)
    with suppress(asyncio.CancelledError):
        await forwarding


async def forward(told: Mapping[int, Carrier]) -> None:
    """Listen on each port until cancelled; then nothing that was carried goes on."""
    async with asyncio.TaskGroup() as doors:
        for port, carrier in told.items():
            doors.create_task(_keep(port, carrier))


async def _keep(port: int, carrier: Carrier) -> None:
    loop = asyncio.get_running_loop()
    with socket.create_server((LOOPBACK, port)) as door:
        door.settimeout(0)  # it is waited for, and never waits itself
        async with asyncio.TaskGroup() as connections:
            while True:
                connection, _ = await loop.sock_accept(door)
                connections.create_task(_carry(connection, carrier))


async def _carry(connection: socket.socket, carrier: Carrier) -> None:
    """The connection is the carrier's input and output, so it lasts as long as that."""
    with connection:
        connection.settimeout(None)  # as programs want their input
        both = connection.fileno()
        process = await asyncio.create_subprocess_exec(*carrier, stdin=both, stdout=both)
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.kill()  # asked to end, some engines' clients wait for what they carry
        await process.wait()
        raise
