"""What tpg-sync asks for when it puts evidence together: exact extracts, and signatures that can be nothing else."""

import hashlib
from typing import Any
from uuid import uuid4

import httpx

from infra.audit_verifier import verify as verifier
from libs.access.permissions import Role
from libs.contracts.audit import DocumentAttested
from libs.testing.stage import Stage
from services.audit.models.key import is_signed
from services.audit.tests.conftest import Hear, HearMany

URL = "/internal/v1/audit"
DIGEST = hashlib.sha256(b"a manifest").hexdigest()


async def sync(staged: Stage) -> httpx.AsyncClient:
    return await staged.client(Role.SERVICE, scopes=("audit:attest",))


async def extract(staged: Stage, *heads: tuple[object, int]) -> httpx.Response:
    told = [{"type": "sync", "id": str(subject), "entries": entries} for subject, entries in heads]
    return await (await sync(staged)).post(f"{URL}/extracts", json={"heads": told, "reason": "synthetic"})


async def key_of(staged: Stage) -> dict[str, Any]:
    keys = (await (await staged.client()).get("/api/v1/audit/checkpoints/keys")).json()["items"]
    return dict(keys[-1])


async def test_an_extract_holds_exactly_the_facts_named_and_is_on_record(
    staged: Stage, hear: Hear, hear_many: HearMany
) -> None:
    await hear_many(3)
    mine, another = uuid4(), uuid4()
    await hear(subject=mine)
    await hear(subject=another)
    # when
    answer = await extract(staged, (mine, 1))
    # then
    assert answer.status_code == 200
    findings = verifier.check(answer.content)
    assert findings.told() == []
    assert findings.checked[0].startswith("1 entries")
    [exported] = [each for each in await staged.told() if each.event_type == "audit.exported"]
    assert (exported.data["count"], exported.actorrole, exported.data["reason"]) == (1, "service", "synthetic")


async def test_nothing_leaves_while_a_fact_that_was_told_is_missing(staged: Stage, hear: Hear) -> None:
    mine, unheard = uuid4(), uuid4()
    await hear(subject=mine)
    for heads in ([(mine, 2)], [(mine, 1), (unheard, 1)]):
        answer = await extract(staged, *heads)
        assert (answer.status_code, answer.json()["code"]) == (503, "entries_not_heard")
        assert "Retry-After" in answer.headers
    assert not await staged.told()


async def test_a_document_is_signed_by_its_digest_under_a_heading_of_its_own(staged: Stage, hear: Hear) -> None:
    mine = uuid4()
    await hear(subject=mine)
    await extract(staged, (mine, 1))
    key = await key_of(staged)
    client = await sync(staged)
    wish = {"purpose": "evidence", "sha256": DIGEST, "key_id": key["id"], "reason": "synthetic"}
    # when
    signed = (await client.post(f"{URL}/attestations", json=wish)).json()
    # then the signature is over these words, and over no checkpoint or key
    parts = [signed[name] for name in ("id", "purpose", "sha256", "attested_at", "key_id")]
    statement = "\n".join(["hawker-boys-tms/audit-attestation/v1", *parts]).encode()
    assert is_signed(statement, bytes.fromhex(signed["signature"]), bytes.fromhex(key["public_key"]))
    [told] = [each for each in await staged.told() if each.event_type == DocumentAttested.type]
    assert (told.data["sha256"], told.data["purpose"], told.data["reason"]) == (DIGEST, "evidence", "synthetic")
    # and a key that does not sign now, or words that are no digest, are refused
    other = await client.post(f"{URL}/attestations", json={**wish, "key_id": str(uuid4())})
    assert (other.status_code, other.json()["code"]) == (503, "audit_key_replaced")
    for wrong in ({"sha256": "hawker-boys-tms/audit-checkpoint/v1"}, {"purpose": "evidence\nx"}):
        assert (await client.post(f"{URL}/attestations", json={**wish, **wrong})).status_code == 422


async def test_only_a_service_with_the_scope_is_heard(staged: Stage) -> None:
    for client in (await staged.client(Role.ADMIN), await staged.client(Role.SERVICE, scopes=("submissions:read",))):
        for path in ("extracts", "attestations"):
            assert (await client.post(f"{URL}/{path}", json={})).status_code == 403
