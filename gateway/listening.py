"""The socket the gateway listens on, and how the gateway after it gets it.

Who connects waits at a socket as long as anybody holds it open. So a gateway that hands its socket on instead of
closing it is replaced without anybody being refused.
"""

import os
import signal
import socket
from collections.abc import Sequence
from typing import Final, NoReturn

FIRST_HANDED: Final = 3
"""Where systemd puts the first socket it hands over (sd_listen_fds); we do as it does, in both directions."""
BACKLOG: Final = 2048


def listen(host: str, port: int) -> socket.socket:
    """The socket this process was handed, or a new one."""
    told = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    if told == (str(os.getpid()), "1"):
        handed = socket.socket(fileno=FIRST_HANDED)
        handed.set_inheritable(False)
        return handed
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def hand_over(listening: socket.socket, successor: Sequence[str]) -> NoReturn:
    """Become the successor, in this very process and with this socket. Whoever supervises us sees no end."""
    if listening.fileno() != FIRST_HANDED:
        os.dup2(listening.fileno(), FIRST_HANDED)
    os.set_inheritable(FIRST_HANDED, True)  # noqa: FBT003 - the standard library knows no name for it
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the successor listens to it: told twice, it is not to end
    os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
    os.execv(successor[0], list(successor))  # noqa: S606 - the command we were started with, or were told
