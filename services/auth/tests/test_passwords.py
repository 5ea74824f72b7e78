"""Hashing: right, equally dear for everybody, out of the loop's way, and never a crowd."""

import asyncio
import threading
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from services.auth.errors import Crowded, PasswordWeak
from services.auth.passwords import Passwords, Verdict, refuse_weak


def cheap(time_cost: int = 1, *, threads: int = 2, queue: int = 8) -> Passwords:
    return Passwords(Argon2Hasher(time_cost=time_cost, memory_cost=64, parallelism=1), threads=threads, queue=queue)


async def test_a_hash_opens_to_its_password_alone() -> None:
    passwords = cheap()
    kept = await passwords.hash("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert await passwords.check("correct horse battery", kept) == Verdict(correct=True)
    for wrong in ("Correct horse battery", "correct horse battery ", ""):
        assert await passwords.check(wrong, kept) == Verdict(correct=False)


async def test_equal_passwords_are_not_seen_to_be_equal() -> None:
    passwords = cheap()
    assert await passwords.hash("correct horse battery") != await passwords.hash("correct horse battery")


async def test_a_hash_made_at_another_cost_is_renewed_when_the_password_is_right() -> None:
    kept = await cheap(1).hash("correct horse battery")
    dearer = cheap(2)
    verdict = await dearer.check("correct horse battery", kept)
    assert verdict.correct
    assert verdict.renewed is not None
    assert await dearer.check("correct horse battery", verdict.renewed) == Verdict(correct=True)
    assert await dearer.check("wrong", kept) == Verdict(correct=False)


@pytest.mark.parametrize("kept", [None, "no hash at all", "$argon2id$v=19$broken"])
async def test_without_a_usable_hash_nothing_is_right(kept: str | None) -> None:
    assert await cheap().check("the password of nobody", kept) == Verdict(correct=False)


async def test_nobody_costs_as_much_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one cost for all, when a known and an unknown person are checked, then the work is the same."""
    passwords = cheap()
    kept = await passwords.hash("correct horse battery")
    worked: list[str] = []
    verify = Argon2Hasher.verify

    def spy(self: Argon2Hasher, password: Any, hash_: Any) -> bool:
        worked.append(str(hash_).rsplit("$", 2)[0])  # the parameters, without salt and digest
        return verify(self, password, hash_)

    monkeypatch.setattr(Argon2Hasher, "verify", spy)
    await passwords.check("wrong", kept)
    await passwords.check("wrong", None)
    assert len(worked) == 2
    assert worked[0] == worked[1]


class Slow(Argon2Hasher):
    """Hashes only when told to."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.go = threading.Event()
        self.go.set()

    def verify(self, *given: Any, **named: Any) -> bool:
        self.go.wait(10)
        return super().verify(*given, **named)


async def test_the_loop_runs_on_while_one_is_hashed_and_a_crowd_is_refused() -> None:
    hasher = Slow()
    passwords = Passwords(hasher, threads=1, queue=1)
    kept = await passwords.hash("correct horse battery")
    hasher.go.clear()
    waiting = [asyncio.create_task(passwords.check("correct horse battery", kept)) for _ in range(2)]
    await asyncio.sleep(0)  # both have begun; the loop is here although neither can end
    with pytest.raises(Crowded):
        await passwords.check("correct horse battery", kept)
    hasher.go.set()
    assert [verdict.correct for verdict in await asyncio.gather(*waiting)] == [True, True]
    assert (await passwords.check("correct horse battery", kept)).correct


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaaaaa", "abababababab", "my-someone-2026!", "PersonPersonPerson1", "xx-TEST-yy-zz-1"]
)
def test_what_anybody_would_guess_first_is_refused_without_repeating_it(password: str) -> None:
    with pytest.raises(PasswordWeak) as refusal:
        refuse_weak(password, email="someone@example.com", name="Test Person")
    told = refusal.value.message + "".join(field.message + field.fix for field in refusal.value.fields)
    assert password not in told


@pytest.mark.parametrize("password", ["al@example.com", "AL@Example.com2026"])
def test_an_email_is_no_password_however_short_its_name_is(password: str) -> None:
    with pytest.raises(PasswordWeak):
        refuse_weak(password, email="al@example.com", name="Test Person")


def test_unrelated_words_are_welcome() -> None:
    refuse_weak("correct horse battery", email="someone@example.com", name="Test Person")
