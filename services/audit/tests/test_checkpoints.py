"""Signed checkpoints over the log, the proofs they allow, and what they find out."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from libs.access.permissions import Role
from libs.testing.stage import Stage
from services.audit.handlers import seal_once
from services.audit.tests.conftest import Hear, HearMany, SealNow

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


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 37, 64])
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
