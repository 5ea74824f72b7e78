"""The evidence of one run, as one archive that anybody can check without this system.

What owners state is gathered first, then audit hands over every fact they have told of it: so the pack states nothing
that its extract does not tell. Nothing is half made: whoever is away, no pack leaves.
"""

import asyncio
import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.evidence import AttestationWish, ExtractWish, Head
from libs.contracts.tpg_sync import EvidenceExported
from libs.database.unit_of_work import UnitOfWork, UnitsOfWork
from libs.packs.archive import Pack, Spool
from libs.packs.canonical import canonical
from libs.telemetry.context import current
from services.tpg_sync.client.evidence import EvidenceDesk, Gathered
from services.tpg_sync.commands.meeting import Belongings, Entry, decisions_among, with_their_facts
from services.tpg_sync.errors import NotOnRecordYet
from services.tpg_sync.queries.evidence import own_evidence
from services.tpg_sync.schemas.evidence.members import DecisionsEvidence, DutiesEvidence, SubmissionsEvidence
from services.tpg_sync.schemas.evidence.page import Occasion, Stated, evidence_page

FORMAT: Final = "hawker-boys-tms/evidence-pack/v1"
PURPOSE: Final = "evidence"
PAUSE_S: Final = 0.25
README: Final = b"""The evidence of one course run, with all that is needed to show that it is what was recorded.

    python verify.py <this file>            Python 3.11 or newer, and the package `cryptography`

index.html        the register and everything else, to be read: open it first
run.json          the run and its sessions                      enrolments.json  who was on it, fees as far as collected
register.json     sheets, marks and every change of each        results.json     attempts, amendments, overrides
submissions.json  what was sent to TPGateway, and its answers   duties.json      what was owed by when, and what met it
decisions.json    what people decided, who, and why
audit.zip         the entries of the audit log about all this, with proofs; a pack of its own, checked with this one
manifest.json     who took this out, when and why, and the SHA-256 of every file; vouched for in attestation.json

Names and identity numbers are masked. A verifier that came with the pack vouches for nothing: use your own copy, and
compare the key with one you got another way.
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """Why the evidence is wanted, and whose training it is about."""

    reason: str
    provider_uen: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack ready to be sent, and what it is to be called."""

    pack: Pack
    file_name: str


@dataclass(frozen=True, slots=True)
class Extract:
    """Audit's pack on disk, and what of it is needed to write the rest."""

    spool: Spool
    key_id: UUID
    tree_size: int
    entries: tuple[Entry, ...]
    verifier: bytes


async def export_evidence(
    uow: UnitOfWork, units: UnitsOfWork, desk: EvidenceDesk, run_id: UUID, wish: Wish, *, wait: timedelta
) -> Packed:
    """Make the pack and put on record that it left, by the digest of its manifest; the caller commits and sends it.

    Raises NotFound for a run nobody knows, EvidenceOwnerAway, NotOnRecordYet when audit does not hear all of it within
    `wait`, and EvidenceRefused when audit's log does not hold. Each time is a new pack.
    """
    gathered = await desk.gather(run_id)
    async with units.reading() as unit:
        places = [place.enrolment_id for place in gathered.enrolments.places]
        submissions, duties = await own_evidence(unit, run_id, places)
    heads = _heads(*_parts(gathered), submissions, duties)
    spool = await _extracted(desk, ExtractWish(heads=heads, reason=wish.reason), wait)
    try:
        extract = await asyncio.to_thread(_read, spool)
        return await _packed(uow, desk, gathered, submissions, duties, extract, wish)
    except BaseException:
        spool.file.close()
        raise


def _parts(gathered: Gathered) -> tuple[Any, ...]:
    return gathered.run, gathered.enrolments, gathered.register, gathered.results


def _heads(*parts: Any) -> tuple[Head, ...]:
    found = {(head.type, head.id): head for part in parts for head in part.heads}
    return tuple(found[key] for key in sorted(found))


async def _extracted(desk: EvidenceDesk, wish: ExtractWish, wait: timedelta) -> Spool:
    """Audit hears of a fact a moment after it was told: ask again for as long as `wait`."""
    tries = max(1, int(wait / timedelta(seconds=PAUSE_S)))
    while True:
        tries -= 1
        try:
            return await desk.extract(wish)
        except NotOnRecordYet:
            if tries < 1:
                raise
            await asyncio.sleep(PAUSE_S)


def _read(spool: Spool) -> Extract:
    spool.file.seek(0)
    with zipfile.ZipFile(spool.file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        with archive.open("entries.jsonl") as lines:
            entries = tuple(_entry(json.loads(line)) for line in lines)
        verifier = archive.read("verify.py")
    return Extract(spool, UUID(manifest["key_id"]), manifest["tree_size"], entries, verifier)


def _entry(line: Mapping[str, Any]) -> Entry:
    data = json.loads(line["body"])["data"]
    return Entry(
        seq=line["seq"],
        at=datetime.fromisoformat(line["happened_at"]),
        action=line["action"],
        subject_type=line["subject_type"],
        subject_id=UUID(line["subject_id"]),
        actor_id=line["actor_id"],
        actor_role=line["actor_role"],
        reason=line["reason"],
        proposal_id=data.get("proposal_id"),
    )


async def _packed(
    uow: UnitOfWork,
    desk: EvidenceDesk,
    gathered: Gathered,
    submissions: SubmissionsEvidence,
    duties: DutiesEvidence,
    extract: Extract,
    wish: Wish,
) -> Packed:
    run_id, context = gathered.run.run_id, current()
    belongings = Belongings.of(gathered)
    stated = Stated(
        run=gathered.run,
        enrolments=gathered.enrolments,
        register=gathered.register,
        results=gathered.results,
        submissions=submissions,
        duties=with_their_facts(duties, extract.entries, belongings),
        decisions=DecisionsEvidence(run_id=run_id, decisions=tuple(decisions_among(extract.entries, gathered))),
    )
    occasion = Occasion(
        evidence_id=uow.new_id(),
        provider_uen=wish.provider_uen,
        made_at=uow.now(),
        made_by=context.actor_id,
        made_as=context.actor_role,
        reason=wish.reason,
        entries=len(extract.entries),
        tree_size=extract.tree_size,
    )
    members = {"index.html": evidence_page(stated, occasion), **_documents(stated)}
    manifest = _manifest(stated, occasion, extract, members)
    digest = hashlib.sha256(manifest).hexdigest()
    asked = AttestationWish(purpose=PURPOSE, sha256=digest, key_id=extract.key_id, reason=wish.reason)
    attestation = await desk.attest(asked)
    _tell(uow, stated, occasion, digest)
    pack = Pack()
    pack.add("manifest.json", manifest)
    pack.add("attestation.json", canonical(attestation.model_dump(mode="json")))
    for name, content in members.items():
        pack.add(name, content)
    pack.add_spool("audit.zip", extract.spool)
    pack.add("verify.py", extract.verifier)
    pack.add("README.txt", README)
    return Packed(pack, f"evidence-{stated.run.fact.course_reference}-{run_id}.zip")


def _documents(stated: Stated) -> dict[str, bytes]:
    """Each part as canonical JSON, in the order in which they stand in the archive."""
    parts: dict[str, BaseModel] = {
        "run.json": stated.run,
        "enrolments.json": stated.enrolments,
        "register.json": stated.register,
        "results.json": stated.results,
        "submissions.json": stated.submissions,
        "duties.json": stated.duties,
        "decisions.json": stated.decisions,
    }
    return {name: canonical(part.model_dump(mode="json", exclude_none=True)) for name, part in parts.items()}


def _manifest(stated: Stated, occasion: Occasion, extract: Extract, members: Mapping[str, bytes]) -> bytes:
    fixed = {**members, "verify.py": extract.verifier, "README.txt": README}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in fixed.items()}
    return canonical(
        {
            "format": FORMAT,
            "run_id": str(stated.run.run_id),
            "course_reference": stated.run.fact.course_reference,
            **occasion.model_dump(mode="json"),
            "key_id": str(extract.key_id),
            "sha256": {**sums, "audit.zip": extract.spool.sha256},
        }
    )


def _tell(uow: UnitOfWork, stated: Stated, occasion: Occasion, digest: str) -> None:
    event = EvidenceExported(
        evidence_id=occasion.evidence_id,
        run_id=stated.run.run_id,
        people=len({place.fact.trainee_id for place in stated.enrolments.places}),
        marks=len(stated.register.marks),
        results=len(stated.results.results),
        jobs=sum(len(record.jobs) for record in stated.submissions.records),
        obligations=len(stated.duties.duties),
        entries=occasion.entries,
        manifest_sha256=digest,
    )
    uow.emit(event.because(occasion.reason))
