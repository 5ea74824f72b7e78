"""Load on one URL: by wrk when it is installed, else by a client of our own in a process of its own."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

import aiohttp

CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of load got through."""

    requests: int
    failures: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def driver() -> str:
    """The name and version of what makes the load."""
    if shutil.which("wrk") is None:
        return f"own client on aiohttp {aiohttp.__version__}"
    told = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False)
    return (told.stdout or told.stderr).split("[", 1)[0].strip()


def drive(url: str, token: str, *, seconds: int) -> Round:
    """Ask for `url` over and over on 32 connections for this long."""
    if shutil.which("wrk") is None:
        command = [sys.executable, "-m", "infra.bench.load", url, token, str(seconds)]
        return Round(**json.loads(_told_by(command)))
    header = f"Authorization: Bearer {token}"
    return _read_wrk(_told_by(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", header, url]))


def _told_by(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _read_wrk(told: str) -> Round:
    done = re.search(r"(\d+) requests in ([\d.]+)s", told)
    if done is None:
        raise ValueError(f"wrk said something else: {told}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    failures = int(wrong[1]) if wrong else 0
    failures += sum(int(count) for count in broken.groups()) if broken else 0
    return Round(int(done[1]), failures, float(done[2]))


async def _ask_for(url: str, token: str, seconds: float) -> Round:
    until = time.monotonic() + seconds
    counts = [0, 0]

    async def one(session: aiohttp.ClientSession) -> None:
        while time.monotonic() < until:
            async with session.get(url) as response:
                await response.read()
                counts[0] += 1
                counts[1] += response.status >= 400  # noqa: PLR2004 - any refusal

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Bearer {token}"}) as session:
        await asyncio.gather(*(one(session) for _ in range(CONNECTIONS)))
    return Round(counts[0], counts[1], seconds)


if __name__ == "__main__":
    outcome = asyncio.run(_ask_for(sys.argv[1], sys.argv[2], float(sys.argv[3])))
    print(json.dumps({"requests": outcome.requests, "failures": outcome.failures, "seconds": outcome.seconds}))
