"""Every secret of a local system: made once, kept in one file that only its owner can read."""

import base64
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from libs.chassis.settings import GENERATED_MARK

DEMO_PEOPLE = (
    ("admin", "Demo Admin (synthetic)", ("admin",)),
    ("ops", "Demo Ops (synthetic)", ("ops",)),
    ("trainer", "Demo Trainer (synthetic)", ("trainer",)),
    ("assessor", "Demo Assessor (synthetic)", ("assessor",)),
    ("auditor", "Demo Auditor (synthetic)", ("auditor",)),
    ("finance", "Demo Finance (synthetic)", ("finance",)),
    ("sre", "Demo SRE (synthetic)", ("sre",)),
)


def _password() -> str:
    return GENERATED_MARK + secrets.token_urlsafe(18)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True, slots=True, repr=False)
class ServiceSecrets:
    """What one service alone knows."""

    database_password: str
    amqp_password: str
    client_id: str
    client_secret: str
    encryption_key: str
    blind_index_key: str

    @classmethod
    def make(cls) -> "ServiceSecrets":
        return cls(_password(), _password(), str(uuid4()), _password(), _key(), _key())

    @property
    def keyring(self) -> str:
        """As `TMS_ENCRYPTION_KEYS` wants it; the key's name says that it is a local one."""
        return f"{GENERATED_MARK}1:{self.encryption_key}"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    postgres_password: str
    broker_password: str
    simulator_key: str
    people: dict[str, str]
    services: dict[str, ServiceSecrets]
    gateway_client_id: str
    gateway_client_secret: str
    """The gateway as a client of the services: it may read their logs of events and nothing else."""
    database_url: str = ""
    """A Postgres of the user's own (an administrator's address); empty for the private one."""
    amqp_url: str = ""
    """A RabbitMQ of the user's own; empty for the private one."""

    def client_id(self, service: str) -> UUID:
        return UUID(self.services[service].client_id)


def choose_servers(path: Path, services: list[str]) -> Secrets:
    """The secrets, with the servers that `DATABASE_URL` and `AMQP_URL` name now: every later command uses the same."""
    chosen = replace(
        read_or_make(path, services),
        database_url=os.environ.get("DATABASE_URL", ""),
        amqp_url=os.environ.get("AMQP_URL", ""),
    )
    _keep(path, chosen)
    return chosen


def read_or_make(path: Path, services: list[str]) -> Secrets:
    """The secrets in the file; what is missing (a new service, a new demo person) is made and added."""
    known = json.loads(path.read_text()) if path.exists() else {}
    made = Secrets(
        postgres_password=known.get("postgres_password") or _password(),
        broker_password=known.get("broker_password") or _password(),
        simulator_key=known.get("simulator_key") or _key(),
        people={name: known.get("people", {}).get(name) or _password() for name, _, _ in DEMO_PEOPLE},
        services={
            service: ServiceSecrets(**known["services"][service])
            if service in known.get("services", {})
            else ServiceSecrets.make()
            for service in services
        },
        gateway_client_id=known.get("gateway_client_id") or str(uuid4()),
        gateway_client_secret=known.get("gateway_client_secret") or _password(),
        database_url=known.get("database_url", ""),
        amqp_url=known.get("amqp_url", ""),
    )
    _keep(path, made)
    return made


def _keep(path: Path, made: Secrets) -> None:
    text = json.dumps(asdict(made), indent=1)
    if not path.exists() or path.read_text() != text:
        write_privately(path, text)


def write_privately(path: Path, text: str) -> None:
    """Replace the file in one step, for its owner alone: readers at the same moment see the old text or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    Path(name).replace(path)
