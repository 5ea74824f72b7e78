"""Carries one connection: from standard input to an address and back to standard output. Runs inside a container.

It stands by itself, so that its text can be handed to any Python: `python -c "$(cat relay.py)" rabbitmq 5672`.
"""

import os
import socket
import sys
import threading

CHUNK = 65_536


def send_on(connection: socket.socket) -> None:
    while told := os.read(0, CHUNK):
        connection.sendall(told)
    connection.shutdown(socket.SHUT_WR)


def main() -> None:
    host, port = sys.argv[1:]
    with socket.create_connection((host, int(port))) as connection, os.fdopen(1, "wb", buffering=0) as out:
        threading.Thread(target=send_on, args=(connection,), daemon=True).start()
        while heard := connection.recv(CHUNK):
            out.write(heard)


if __name__ == "__main__":
    main()
