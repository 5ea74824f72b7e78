"""Hashes and checks passwords with argon2id, in threads, so that the loop never waits for one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from services.auth.errors import Crowded, PasswordWeak
from services.auth.settings import AuthSettings

_FEWEST_LETTERS = 5
_TELLING = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a password found. `renewed` is a hash at today's cost when the kept one was made at another."""

    correct: bool
    renewed: str | None = field(default=None, repr=False)


class Passwords:
    """At most `threads` at a time, because each takes the configured memory; past `queue` waiting ones it refuses."""

    def __init__(self, hasher: Argon2Hasher, *, threads: int, queue: int) -> None:
        self._hashing = PasswordHash((hasher,))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._most = threads + queue
        self._inside = 0
        self._nobodys = self._hashing.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """A new hash. Raises Crowded."""
        return await self._run(lambda: self._hashing.hash(password))

    async def check(self, password: str, kept: str | None) -> Verdict:
        """Whether it is the one behind the hash. Without a hash it takes the same time and says no. Raises Crowded."""
        return await self._run(lambda: self._verdict(password, kept))

    def _verdict(self, password: str, kept: str | None) -> Verdict:
        try:
            correct, renewed = self._hashing.verify_and_update(password, kept or self._nobodys)
        except UnknownHashError:
            correct, renewed = False, None
        return Verdict(correct and kept is not None, renewed)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._inside >= self._most:
            raise Crowded
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1


@cache
def _passwords(time_cost: int, memory_kib: int, lanes: int, threads: int, queue: int) -> Passwords:
    hasher = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes)
    return Passwords(hasher, threads=threads, queue=queue)


def passwords_for(settings: AuthSettings) -> Passwords:
    """The process's one hasher for these settings: the threads are shared by everybody."""
    return _passwords(
        settings.argon2_time_cost,
        settings.argon2_memory_kib,
        settings.argon2_lanes,
        settings.hashing_threads,
        settings.hashing_queue,
    )


def refuse_weak(password: str, *, email: str, name: str) -> None:
    """Raise PasswordWeak for what anybody would guess first: few letters, or the account's own words."""
    spoken = password.casefold()
    if len(set(spoken)) < _FEWEST_LETTERS:
        raise PasswordWeak("It repeats a few characters.", "Use several unrelated words.")
    words = [email, email.partition("@")[0], *name.split()]
    if any(len(word) >= _TELLING and word.casefold() in spoken for word in words):
        raise PasswordWeak("It contains the person's email or name.", "Use words that have nothing to do with them.")
