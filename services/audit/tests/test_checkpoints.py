"""Signed checkpoints over the log, the proofs they allow, and what they find out."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import select

from libs.access.permissions import Role
from libs.testing.stage import Stage
from services.audit.commands.keys import rotate_key
from services.audit.handlers import seal_once
from services.audit.models import CheckpointSecret
from services.audit.queries.checkpoints import find_signer
from services.audit.tests.conftest import Hear, HearMany, SealNow, round_the_guards, run_sql, verdict

URL = "/api/v1/audit"


def climb(leaf: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2, as an outsider would write it."""
    fn, sn, root = position, size - 1, leaf
    for sibling in path:
        assert sn > 0
        if fn & 1 or fn == sn:
            root = hashlib.sha256(b"\x01" + sibling + root).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = hashlib.sha256(b"\x01" + root + sibling).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return root


@pytest.mark.parametrize("size", [1, 2, 17, 37])
async def test_every_entry_is_proven_to_stand_under_the_signed_root(
    staged: Stage, hear_many: HearMany, seal_now: SealNow, size: int
) -> None:
    await hear_many(size)
    await seal_now()
    auditor = await staged.client(Role.AUDITOR)
    key = Ed25519PublicKey.from_public_bytes(
        bytes.fromhex((await auditor.get(f"{URL}/checkpoints/keys")).json()["items"][0]["public_key"])
    )

    for seq in range(1, size + 1):
        proof = (await auditor.get(f"{URL}/entries/{seq}/proof")).json()
        leaf = hashlib.sha256(b"\x00" + bytes.fromhex(proof["entry_hash"])).digest()
        root = climb(leaf, seq - 1, size, [bytes.fromhex(one) for one in proof["path"]])
        checkpoint = proof["checkpoint"]
        assert root.hex() == checkpoint["root_hash"]
        assert root.hex() in checkpoint["statement"]
        key.verify(bytes.fromhex(checkpoint["signature"]), checkpoint["statement"].encode())


async def test_a_checkpoint_falls_due_by_number_and_by_waiting_and_never_for_its_own_echo(
    staged: Stage, hear: Hear, hear_many: HearMany
) -> None:
    settings = staged.runtime.settings
    settings.checkpoint_entries, settings.checkpoint_wait = 10, timedelta(minutes=5)

    await hear_many(9)
    assert await seal_once(staged.runtime) is None
    await hear()
    by_number = await seal_once(staged.runtime)
    assert by_number is not None
    assert by_number.tree_size == 10

    await hear()
    assert await seal_once(staged.runtime) is None
    staged.clock.advance(timedelta(minutes=5))
    by_waiting = await seal_once(staged.runtime)
    assert by_waiting is not None
    assert (by_waiting.tree_size, by_waiting.previous_size) == (11, 10)
    assert by_waiting.previous_digest == by_number.digest()


def roots(old: int, new: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162, 2.1.4.2, as an outsider would write it: the two roots that a consistency proof leads to."""
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = steps[0]
    for step in steps[1:]:
        assert sn > 0
        if fn & 1 or fn == sn:
            fr = hashlib.sha256(b"\x01" + step + fr).digest()
            sr = hashlib.sha256(b"\x01" + step + sr).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = hashlib.sha256(b"\x01" + sr + step).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return fr, sr


async def test_every_checkpoint_is_proven_to_be_the_beginning_of_every_later_one(
    staged: Stage, hear_many: HearMany, seal_now: SealNow
) -> None:
    made = []
    for more in (1, 1, 6, 8, 17, 31):
        await hear_many(more)
        made.append(await seal_now())
    auditor = await staged.client(Role.AUDITOR)

    for number, older in enumerate(made):
        for newer in made[number:]:
            sizes = {"from": older.tree_size, "to": newer.tree_size}
            proof = (await auditor.get(f"{URL}/checkpoints/consistency", params=sizes)).json()
            path = [bytes.fromhex(one) for one in proof["path"]]
            if older is newer:
                assert path == []
            else:
                found = roots(older.tree_size, newer.tree_size, older.root_hash, path)
                assert found == (older.root_hash, newer.root_hash)


async def test_checkpoints_are_listed_newest_first_in_pages_and_found_by_size(
    staged: Stage, hear: Hear, seal_now: SealNow
) -> None:
    for _ in range(4):
        await hear()
        await seal_now()
    auditor = await staged.client(Role.AUDITOR)

    first = (await auditor.get(f"{URL}/checkpoints", params={"limit": 3})).json()
    rest = (await auditor.get(f"{URL}/checkpoints", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [one["tree_size"] for one in [*first["items"], *rest["items"]]] == [4, 3, 2, 1]
    between = (await auditor.get(f"{URL}/checkpoints", params={"from": 2, "to": 3})).json()["items"]
    assert [one["tree_size"] for one in between] == [3, 2]
    one = (await auditor.get(f"{URL}/checkpoints/2")).json()
    assert one["previous_digest"] == rest["items"][0]["digest"]


async def test_what_is_not_there_or_not_sealed_is_said_so(staged: Stage, hear: Hear, seal_now: SealNow) -> None:
    await hear()
    auditor = await staged.client(Role.AUDITOR)
    waiting = await auditor.get(f"{URL}/entries/1/proof")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "entry_not_sealed")
    await seal_now()
    await hear()

    for path, status in {
        "/entries/1/proof": 200,
        "/entries/2/proof": 409,
        "/entries/3/proof": 404,
        "/entries/1/proof?checkpoint=7": 404,
        f"/entries/{2**63}/proof": 422,
        f"/entries/{2**63}": 422,
        "/checkpoints/7": 404,
        "/checkpoints/0": 422,
        "/checkpoints/consistency?from=1&to=7": 404,
        "/checkpoints/consistency?from=7&to=1": 422,
    }.items():
        assert (await auditor.get(URL + path)).status_code == status, path


async def test_ops_get_no_proof_for_what_they_may_not_see(staged: Stage, hear: Hear, seal_now: SealNow) -> None:
    await hear(account=True)
    await hear()
    await seal_now()
    ops = await staged.client(Role.OPS)
    assert (await ops.get(f"{URL}/entries/1/proof")).status_code == 404
    assert (await ops.get(f"{URL}/entries/2/proof")).status_code == 200


async def test_a_damaged_tree_gives_no_proof(staged: Stage, hear_many: HearMany, seal_now: SealNow) -> None:
    await hear_many(40)
    await seal_now()
    await run_sql(staged, *round_the_guards(), "update audit.node set hash = set_bit(hash, 0, 1 - get_bit(hash, 0))")
    auditor = await staged.client(Role.AUDITOR)
    answer = await auditor.get(f"{URL}/entries/3/proof")
    assert (answer.status_code, answer.json()["code"]) == (409, "audit_log_broken")


async def test_keys_rotate_by_hand_and_by_age_each_introduced_by_the_one_before(
    staged: Stage, hear: Hear, seal_now: SealNow
) -> None:
    await hear()
    first = await seal_now()
    admin = await staged.client(Role.ADMIN)
    keys = (await admin.post(f"{URL}/checkpoints/keys/rotate", json={"reason": "yearly"})).json()["items"]
    await hear()
    second = await seal_now()
    staged.clock.advance(staged.runtime.settings.checkpoint_key_lifetime)
    await seal_once(staged.runtime)
    all_keys = (await (await staged.client()).get(f"{URL}/checkpoints/keys")).json()["items"]

    assert [str(first.key_id), str(second.key_id)] == [key["id"] for key in keys]
    assert [key["number"] for key in all_keys] == [1, 2, 3]
    for before, key in zip([all_keys[0], *all_keys], all_keys, strict=False):
        endorser = Ed25519PublicKey.from_public_bytes(bytes.fromhex(before["public_key"]))
        endorser.verify(bytes.fromhex(key["endorsement"]), key["statement"].encode())
    assert (await verdict(staged)).intact
    reasons = [one.data["reason"] for one in await staged.told() if one.event_type == "audit_key.rotated"]
    assert reasons == ["the first key", "yearly", "scheduled"]


async def test_the_private_half_is_sealed_and_only_the_one_that_signs_is_kept(
    staged: Stage, hear: Hear, seal_now: SealNow
) -> None:
    await hear()
    await seal_now()
    async with staged.units.begin() as unit:
        key = await rotate_key(unit, staged.runtime.vault, "synthetic")
        signer = await find_signer(unit, staged.runtime.vault)
        kept = (await unit.session.execute(select(CheckpointSecret))).scalars().all()
    assert signer is not None
    assert [secret.key_id for secret in kept] == [signer.key.id] == [key.id]
    assert signer._private.private_bytes_raw() not in kept[0].private_sealed


async def test_sealing_reads_only_what_is_new_and_a_long_backlog_in_parts(staged: Stage, hear_many: HearMany) -> None:
    staged.runtime.settings.checkpoint_entries = 10
    staged.runtime.settings.checkpoint_most = 16
    await hear_many(40)
    made = [await seal_once(staged.runtime) for _ in range(4)]
    assert [one.tree_size if one else None for one in made] == [16, 32, None, None]
    assert (await verdict(staged)).checkpoint == 32
