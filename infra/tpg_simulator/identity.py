"""Who is calling: the certificate decides, else a bearer token, else (plain HTTP only) the default provider."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from infra.tpg_simulator.operation import Operation
from infra.tpg_simulator.refusals import Disallowed, Refusal
from infra.tpg_simulator.seed import Certificate
from infra.tpg_simulator.world import World

TlsMode = Literal["http", "https", "mtls"]


@dataclass(frozen=True, slots=True)
class Caller:
    provider_uen: str
    by: Literal["certificate", "bearer", "default"]


def fingerprint(certificate: bytes) -> str:
    """Identify a DER certificate."""
    return hashlib.sha256(certificate).hexdigest()


class Certificates:
    """The uploaded client certificates; a provider may have several valid at once (rotation)."""

    def __init__(self, certificates: Iterable[Certificate]) -> None:
        self._provider_of: dict[str, str] = {}
        self.pem = b""
        for certificate in certificates:
            pem = certificate.file.read_bytes()
            self.pem += pem.rstrip() + b"\n"
            for one in x509.load_pem_x509_certificates(pem):
                self._provider_of[fingerprint(one.public_bytes(Encoding.DER))] = certificate.provider

    def find_provider(self, certificate: bytes) -> str | None:
        return self._provider_of.get(fingerprint(certificate))


class Identities:
    """Settles the acting provider of each call."""

    def __init__(self, world: World, tls_mode: TlsMode) -> None:
        self._world = world
        self._tls_mode = tls_mode
        self.certificates = Certificates(world.seed.certificates)

    def identify(self, operation: Operation, authorization: str, certificate: bytes | None) -> Caller:
        """Name the caller; 401 for a dead token, 403 for the wrong door."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(operation, token.strip())
        if certificate is not None:
            provider = self.certificates.find_provider(certificate)
            if provider is None:
                raise Disallowed
            return Caller(provider, "certificate")
        if self._tls_mode == "mtls":
            raise _no_token() if operation.open_read else Disallowed()
        return Caller(self._world.acting_by_default().uen, "default")

    def _by_token(self, operation: Operation, token: str) -> Caller:
        provider = self._world.tokens.find_provider(token)
        if provider is None:
            raise _no_token()
        if not operation.open_read:
            raise Disallowed
        return Caller(provider, "bearer")


def _no_token() -> Refusal:
    return Refusal(401, "The access token is missing, unknown or expired", at_the_door=True)
