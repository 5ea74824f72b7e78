"""Make synthetic certificates: a server's for localhost, and the self-signed client kind that providers upload."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LIFE = timedelta(days=365)
KEY_BITS = 4096


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    certificate: Path
    key: Path


def make_certificate(folder: Path, name: str, *, key_bits: int = KEY_BITS) -> CertificateFiles:
    """Write `<name>.pem` and `<name>.key` (mode 0600) for localhost, self-signed; existing files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (synthetic)")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFE)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = CertificateFiles(folder / f"{name}.pem", folder / f"{name}.key")
    files.key.touch(mode=0o600)
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    return files


def main(
    folder: Annotated[Path, typer.Argument(help="where to write the files")],
    names: Annotated[list[str], typer.Argument(help="one pair of files for each name, such as: server client")],
) -> None:
    """Write synthetic certificate and key files for trying mutual TLS on this machine."""
    for name in names:
        files = make_certificate(folder, name)
        print(f"{files.certificate}  {files.key}")


if __name__ == "__main__":
    typer.run(main)
