"""A store of generated secrets for a cluster of a developer's own, in the place of the one production has."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from infra.containers.settings import CLUSTER, broker_definitions, programs
from infra.k8s.rendering import OVERLAYS, of_kind, render
from infra.local.layout import Layout
from infra.local.secrets import Secrets
from infra.local.servers import broker_passwords

BROKER = ("tms-rabbitmq", "tms-rabbitmq.tms", "tms-rabbitmq.tms.svc")
GATEWAY = ("tms.example.com", "localhost")
LIFE = timedelta(days=90)

Records = dict[str, dict[str, str]]


class NotInStore(KeyError):
    """An ExternalSecret asks for what is not generated here."""


def records(layout: Layout, secrets: Secrets) -> Records:
    """Everything the development overlay asks for, and no more."""
    definitions = broker_definitions(broker_passwords(layout, secrets), admin_password=secrets.broker_password)
    known: Records = {
        **{f"tms/{name}": values for name, values in programs(layout, secrets, CLUSTER).items()},
        "tms/rabbitmq": {"definitions": definitions},
        "tms/rabbitmq-tls": _certificate(BROKER),
        "tms/gateway-tls": _certificate(GATEWAY),
    }
    asked: Records = {}
    for external in of_kind(render(OVERLAYS / "dev"), "ExternalSecret"):
        for wish in (entry["remoteRef"] for entry in external["spec"]["data"]):
            try:
                value = known[wish["key"]][wish["property"]]
            except KeyError:
                raise NotInStore(f"{external['metadata']['name']}: {wish['key']} {wish['property']}") from None
            asked.setdefault(wish["key"], {})[wish["property"]] = value
    return asked


def text(found: Records) -> str:
    """The store, for `kubectl apply`."""
    data: list[dict[str, Any]] = [{"key": key, "value": json.dumps(record)} for key, record in found.items()]
    return yaml.safe_dump(
        {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ClusterSecretStore",
            "metadata": {"name": "tms"},
            "spec": {"provider": {"fake": {"data": data}}},
        }
    )


def _certificate(names: Sequence[str]) -> dict[str, str]:
    """A certificate for these names that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    told = certificate.public_bytes(Encoding.PEM).decode()
    return {
        "certificate": told,
        "key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "ca": told,
    }
