"""Requests through the gateway (token checked, traced) against the same endpoint through nginx."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import jwt
import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

from infra.bench.endpoint import RUN_ID
from infra.bench.load import Round, drive, driver
from libs.servers.ports import free_ports

GOAL_RATIO, GOAL_CPU_US = 0.9, 400
ROUNDS, SECONDS, WARM_UP_S = 3, 5, 2
PATIENCE_S = 20.0
PATH = f"/api/v1/course-runs/{RUN_ID}"

# Upstream keepalive as nginx's own documentation recommends (ngx_http_upstream_module, "keepalive").
NGINX = """
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream course {{
        server 127.0.0.1:{upstream};
        keepalive 64;
        keepalive_requests 1000000;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://course;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    gateway_per_second: float
    nginx_per_second: float
    direct_per_second: float
    cpu_us: float
    failures: int

    @property
    def ratio(self) -> float:
        return self.gateway_per_second / self.nginx_per_second

    @property
    def reached(self) -> bool:
        return self.ratio >= GOAL_RATIO and self.cpu_us <= GOAL_CPU_US and self.failures == 0


def run() -> bool:
    """Measure, print, and tell whether the goals were reached."""
    _need_nginx()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-gateway-")))
        folder.chmod(0o755)  # nginx's workers may be another user
        outcome = _measure(stack, folder)
    _print(outcome)
    return outcome.reached


def _need_nginx() -> None:
    """Nginx from the distribution: installed when we may, else one clear sentence."""
    if shutil.which("nginx") is not None:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.exit("The peer is missing: install nginx (on Debian: apt-get install nginx-light), then run this again.")
    subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", "nginx-light"], check=True)


def _measure(stack: ExitStack, folder: Path) -> Outcome:
    upstream_port, gateway_port, nginx_port = free_ports(3)
    key = Ed25519PrivateKey.generate()
    stack.enter_context(_endpoint(upstream_port, _jwks(key), folder))
    gateway = stack.enter_context(_gateway(gateway_port, upstream_port, folder))
    stack.enter_context(_nginx(nginx_port, upstream_port, folder))
    doors = {"gateway": gateway_port, "nginx": nginx_port, "direct": upstream_port}
    token = _token(key)
    for port in doors.values():
        drive(f"http://127.0.0.1:{port}{PATH}", token, seconds=WARM_UP_S)
    rounds: dict[str, list[Round]] = {name: [] for name in doors}
    cpu_us: list[float] = []
    for _ in range(ROUNDS):
        for name, port in doors.items():
            before = _cpu_s(gateway)
            rounds[name].append(drive(f"http://127.0.0.1:{port}{PATH}", token, seconds=SECONDS))
            if name == "gateway":
                cpu_us.append((_cpu_s(gateway) - before) / rounds[name][-1].requests * 1e6)
    speed = {name: median(each.per_second for each in done) for name, done in rounds.items()}
    failures = sum(each.failures for done in rounds.values() for each in done)
    return Outcome(speed["gateway"], speed["nginx"], speed["direct"], median(cpu_us), failures)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _jwks(key: Ed25519PrivateKey) -> dict[str, Any]:
    public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**public, "kid": "bench", "use": "sig", "alg": "EdDSA"}]}


def _token(key: Ed25519PrivateKey) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": "tms",
        "aud": "tms",
        "sub": str(RUN_ID),
        "iat": now,
        "exp": now + timedelta(hours=1),
        "jti": "bench",
        "roles": ["ops"],
        "scope": "",
        "typ": "access",
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "bench"})


@contextmanager
def _endpoint(port: int, jwks: dict[str, Any], folder: Path) -> Iterator[psutil.Process]:
    command = [sys.executable, "-m", "infra.bench.endpoint", str(port), json.dumps(jwks), str(folder)]
    with _running(command, {}, f"http://127.0.0.1:{port}/livez", folder / "endpoint.log") as process:
        yield process


@contextmanager
def _gateway(port: int, upstream: int, folder: Path) -> Iterator[psutil.Process]:
    address = f"http://127.0.0.1:{upstream}"
    settings = {
        "TMS_PORT": str(port),
        "TMS_PEERS": json.dumps({"course": address, "auth": address}),
        "TMS_AUTH_URL": address,
        "TMS_TELEMETRY_DIR": str(folder),
        "TMS_RATE_PER_SECOND": "1000000",
        "TMS_RATE_BURST": "1000000000",
    }
    command = [sys.executable, "-m", "gateway.main", "run"]
    with _running(command, settings, f"http://127.0.0.1:{port}/healthz", folder / "gateway.log") as process:
        yield process


@contextmanager
def _nginx(port: int, upstream: int, folder: Path) -> Iterator[psutil.Process]:
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, upstream=upstream))
    command = ["nginx", "-e", str(folder / "nginx-error.log"), "-c", str(config)]
    with _running(command, {}, f"http://127.0.0.1:{port}/livez", folder / "nginx.log") as process:
        yield process


@contextmanager
def _running(command: list[str], settings: dict[str, str], alive: str, log: Path) -> Iterator[psutil.Process]:
    """A process that answers at `alive`; it ends with the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=output, stderr=output)
    try:
        _until_alive(process, alive, log)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _until_alive(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(url, timeout=1):  # noqa: S310 - our own process on loopback
                return
        except (URLError, OSError):
            time.sleep(0.05)
    sys.exit(f"{url} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _print(outcome: Outcome) -> None:
    nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip()
    versions = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "uvloop", "aiohttp", "fastapi"))
    table = Table(title="A course run through the gateway and through nginx", title_justify="left")
    for column, justify in (("what", "left"), ("measured", "right"), ("goal", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]  # rich's literal type
    table.add_row("through the gateway, requests/s", f"{outcome.gateway_per_second:,.0f}", "")
    table.add_row("through nginx, requests/s", f"{outcome.nginx_per_second:,.0f}", "")
    table.add_row("straight to the service, requests/s", f"{outcome.direct_per_second:,.0f}", "")
    table.add_row("gateway ÷ nginx", f"{outcome.ratio:.2f}", f"≥ {GOAL_RATIO}")
    table.add_row("CPU in the gateway, µs a request", f"{outcome.cpu_us:.0f}", f"≤ {GOAL_CPU_US}")
    table.add_row("failed requests", str(outcome.failures), "0")
    console = Console()
    console.print(table)
    console.print(
        f"Medians of {ROUNDS} rounds of {SECONDS} s; {driver()}; {nginx}; {versions}; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores. Upstream: infra.bench.endpoint.",
        highlight=False,
    )
