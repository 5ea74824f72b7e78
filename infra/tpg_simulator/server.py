"""The listening socket: plain HTTP, HTTPS, or HTTPS that asks for a client certificate."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.request import EXTENSION

STOP_WITHIN_S = 1


@dataclass(frozen=True, slots=True)
class SocketWire:
    """The connection under a request."""

    transport: asyncio.Transport

    @property
    def peer_certificate(self) -> bytes | None:
        secure: ssl.SSLObject | None = self.transport.get_extra_info("ssl_object")
        return secure.getpeercert(binary_form=True) if secure else None

    def cut(self) -> None:
        self.transport.abort()


class WiredProtocol(HttpToolsProtocol):
    """Hands the application the wire: for the caller's certificate, and to cut the connection on order."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: SocketWire(self.transport)}  # type: ignore[dict-item]  # an own extension


@dataclass(frozen=True, slots=True)
class ServerKeys:
    certificate: Path
    key: Path


def tls_context(keys: ServerKeys, *, trusted_clients: bytes) -> ssl.SSLContext:
    """Make the server side of TLS; certificates of clients are asked for when some are trusted.

    They are optional in the handshake: token holders come over the same port, and who comes with neither gets the
    gateway's own refusal. A certificate that nobody uploaded fails the handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(keys.certificate, keys.key)
    if trusted_clients:
        context.verify_mode = ssl.CERT_OPTIONAL
        # Providers upload self-signed certificates: each is its own anchor.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=trusted_clients.decode())
    return context


def build_server(simulator: Simulator, *, host: str, port: int, tls: ssl.SSLContext | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        simulator,
        host=host,
        port=port,
        http=WiredProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )
    return uvicorn.Server(config)
