"""A pack is checked without this system, and not one byte of it can be another."""

import random
from pathlib import Path
from uuid import uuid4

import pytest

from infra.audit_verifier import verify as verifier
from libs.access.permissions import Role
from libs.testing.stage import Stage
from services.audit.commands.keys import rotate_key
from services.audit.tests.conftest import Hear, HearMany, SealNow, round_the_guards, run_sql

URL = "/api/v1/audit"
FLIPS, SEED = 600, 20260302


async def take_pack(staged: Stage, **wish: object) -> bytes:
    auditor = await staged.client(Role.AUDITOR)
    answer = await auditor.post(f"{URL}/export", json={"reason": "yearly review", "format": "pack", **wish})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


async def public_key(staged: Stage) -> str:
    nobody = await staged.client()
    return str((await nobody.get(f"{URL}/checkpoints/keys")).json()["items"][-1]["public_key"])


async def test_an_untouched_pack_holds_whatever_is_taken(
    staged: Stage, hear: Hear, hear_many: HearMany, seal_now: SealNow
) -> None:
    await hear_many(21)
    await seal_now()
    subject = uuid4()
    chosen = [await hear(subject=subject) for _ in range(2)]
    await hear_many(15)
    key = await public_key(staged)

    for wish, count in (
        ({}, 38),
        ({"from_seq": 5, "to_seq": 5}, 1),
        ({"from_seq": 3, "to_seq": 33}, 31),
        ({"subjects": [{"type": "sync", "id": str(subject)}]}, 2),
        ({"correlation_id": str(chosen[0].correlationid), "from_seq": 30}, 9),
    ):
        findings = verifier.check(await take_pack(staged, **wish), key)
        assert findings.told() == []
        assert findings.checked[0].startswith(f"{count} entries")


async def test_any_flipped_byte_is_found(staged: Stage, hear_many: HearMany, seal_now: SealNow) -> None:
    """Random positions over the whole archive, and every one of its smaller parts."""
    await hear_many(40)
    await seal_now()
    pack = await take_pack(staged, from_seq=18, to_seq=23)
    assert verifier.check(pack).told() == []

    program = pack.index((verifier.__doc__ or "").encode()[:40])
    small = [at for at in range(len(pack)) if not program < at < program + 10_000]
    chance = random.Random(SEED)
    for at in {*chance.sample(small, FLIPS), *chance.sample(range(len(pack)), 100)}:
        flipped = bytearray(pack)
        flipped[at] ^= 1 << chance.randrange(8)
        assert verifier.check(bytes(flipped)).told() != [], f"byte {at}"


async def test_the_entry_or_the_part_is_named(staged: Stage, hear_many: HearMany, seal_now: SealNow) -> None:
    await hear_many(40)
    await seal_now()
    pack = await take_pack(staged, from_seq=18, to_seq=23)

    def first_fault(old: bytes, new: bytes, after: bytes = b"") -> str:
        at = pack.index(old, pack.index(after) if after else 0)
        return verifier.check(pack[:at] + new + pack[at + len(old) :]).told()[0]

    line = b'"seq":20,'
    assert first_fault(line, b'"seq":29,') == "entry 20: it says it is entry 29"
    assert first_fault(b'"actor_id":"ops-1"', b'"actor_id":"ops-9"').startswith("entry 18: its actor_id")
    assert first_fault(b'\\"publish\\"', b'\\"publisH\\"').startswith("entry 18: its body")
    assert first_fault(b'"tree_size":40', b'"tree_size":41', b"checkpoint.json{").startswith("checkpoint:")
    assert first_fault(b"yearly review", b"yearly rewiew") == "manifest: it is not what was signed"
    assert first_fault(b'"level":3', b'"level":2').startswith("nodes:")
    assert first_fault(b'"number":1', b'"number":2', b"keys.json[").startswith("keys:")
    assert first_fault(b"PK\x05\x06", b"PK\x05\x07").startswith("archive:")
    assert "not among those" in verifier.check(pack, "00" * 32).told()[0]


async def test_a_pack_after_a_rotation_is_vouched_for_by_the_old_key_and_the_new(
    staged: Stage, hear_many: HearMany, seal_now: SealNow
) -> None:
    await hear_many(3)
    await seal_now()
    old = await public_key(staged)
    async with staged.units.begin() as unit:
        await rotate_key(unit, staged.runtime.vault, "synthetic")
    await hear_many(3)
    new = await public_key(staged)
    assert old != new
    pack = await take_pack(staged)
    assert verifier.check(pack, old).told() == verifier.check(pack, new).told() == []


async def test_a_column_that_lies_is_named_by_the_verifier_too(
    staged: Stage, hear_many: HearMany, seal_now: SealNow
) -> None:
    await hear_many(6)
    await seal_now()
    await run_sql(staged, *round_the_guards(), "update audit.entry set subject_type = 'run' where seq = 4")
    assert verifier.check(await take_pack(staged)).told()[0] == "entry 4: its subject_type is not what its body says"


@pytest.mark.parametrize("damage", [False, True])
async def test_the_command_says_what_it_checked_and_ends_with_one_on_any_fault(
    staged: Stage, hear_many: HearMany, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, damage: bool
) -> None:
    await hear_many(2)
    pack = await take_pack(staged)
    path = tmp_path / "pack.zip"
    path.write_bytes(pack.replace(b'"actor_role":"ops"', b'"actor_role":"sre"', 1) if damage else pack)
    assert verifier.main([str(path)]) == int(damage)
    told = capsys.readouterr().out
    assert "checked  2 entries" in told
    assert ("FAILED   entry 1: its actor_role" in told) is damage
    assert verifier.main([str(tmp_path / "nowhere.zip")]) == 1
