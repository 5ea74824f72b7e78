"""Packs as somebody could make them who holds the audit log's key: all signatures and digests right, and yet untrue."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from libs.packs.archive import Member, directory, local_header
from libs.packs.canonical import canonical
from services.audit.models import Signer
from services.audit.models.attestation import attestation_of

Change = Callable[[dict[str, Any]], None]


def members_of(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lying(pack: bytes, signer: Signer, member: str, change: Change) -> bytes:
    """The pack with one file changed, and vouched for anew."""
    members = members_of(pack)
    document = json.loads(members[member])
    change(document)
    return resigned({**members, member: canonical(document)}, signer)


def resigned(members: dict[str, bytes], signer: Signer) -> bytes:
    """These members as a pack, with the digests and the signature they need."""
    manifest = json.loads(members["manifest.json"])
    manifest["sha256"] = {name: hashlib.sha256(members[name]).hexdigest() for name in manifest["sha256"]}
    members["manifest.json"] = canonical(manifest)
    attestation = attestation_of(
        signer,
        attestation_id=uuid4(),
        purpose="evidence",
        sha256=hashlib.sha256(members["manifest.json"]).hexdigest(),
        at=datetime.now(UTC),
    )
    members["attestation.json"] = canonical(attestation.model_dump(mode="json"))
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    listed = [Member(name, len(content), zlib.crc32(content)) for name, content in members.items()]
    parts = [local_header(member) + members[member.name] for member in listed]
    return b"".join(parts) + directory(listed)
