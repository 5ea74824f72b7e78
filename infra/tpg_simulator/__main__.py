"""Run the simulator: `python -m infra.tpg_simulator --port 8190 --seed seed.yaml --state state.sqlite`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.banner import banner
from infra.tpg_simulator.seed import load_seed
from infra.tpg_simulator.server import ServerKeys, build_server, tls_context
from infra.tpg_simulator.shelf import MemoryShelf, Shelf, SqliteShelf
from infra.tpg_simulator.world import World

EXAMPLE_SEED = Path(__file__).with_name("seed.example.yaml")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def main(
    port: Annotated[int, typer.Option(help="where to listen")] = 8190,
    host: Annotated[str, typer.Option(help="plain HTTP stays on loopback")] = "127.0.0.1",
    seed: Annotated[Path, typer.Option(help="providers, courses, clients (YAML or JSON)")] = EXAMPLE_SEED,
    state: Annotated[Path | None, typer.Option(help="SQLite file that keeps what was accepted")] = None,
    tls: Annotated[Literal["http", "https", "mtls"], typer.Option(help="the door: tls.mode")] = "http",
    tls_certificate: Annotated[Path | None, typer.Option(help="server certificate (PEM)")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="its key (PEM)")] = None,
    encryption_key: Annotated[
        str, typer.Option(envvar="TPG_SIMULATOR_AES_KEY", help="base64 of 32 bytes; better by environment")
    ] = "",
    allow_remote: Annotated[bool, typer.Option(help="plain HTTP beyond loopback, inside a container network")] = False,
    quiet: Annotated[bool, typer.Option(help="no banner")] = False,
) -> None:
    """Be a TPGateway on this machine."""
    if tls == "http" and host not in LOOPBACK and not allow_remote:
        raise typer.BadParameter("plain HTTP listens on loopback only; add --allow-remote inside a container network")
    world = _open_world(seed, state, encryption_key)
    simulator = Simulator(world, tls_mode=tls)
    context = None
    if tls != "http":
        if tls_certificate is None or tls_key is None:
            raise typer.BadParameter("TLS needs --tls-certificate and --tls-key (see the README for making some)")
        trusted = simulator.identities.certificates.pem if tls == "mtls" else b""
        context = tls_context(ServerKeys(tls_certificate, tls_key), trusted_clients=trusted)
    server = build_server(simulator, host=host, port=port, tls=context)
    if not quiet:
        scheme = "http" if context is None else "https"
        url, kept_in = f"{scheme}://{host}:{port}", str(state or "in memory only")
        print(banner(world, url=url, kept_in=kept_in, tells_secrets=sys.stdout.isatty()), flush=True)
    try:
        server.run()
    finally:
        world.store.close()


def _open_world(seed: Path, state: Path | None, encryption_key: str) -> World:
    shelf: Shelf = SqliteShelf(state) if state else MemoryShelf()
    try:
        return World(load_seed(seed), shelf=shelf, encryption_key=encryption_key or None)
    except (OSError, ValueError) as wrong:
        raise typer.BadParameter(f"{seed}: {wrong}") from None


if __name__ == "__main__":
    typer.run(main)
