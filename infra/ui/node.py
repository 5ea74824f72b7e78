"""Node, from the system when new enough, else from the Python environment; and the UI's packages from its lock."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
UI = ROOT / "gateway" / "ui"
DOCUMENT = ROOT / "gateway" / "openapi.json"
OLDEST = (20, 19)
_INSTALLED = UI / "node_modules" / ".installed"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class ToolMissing(RuntimeError):
    """What is needed is not on this machine; the message says how to get it."""


def node_folder() -> Path:
    """The folder that holds a fitting `node` and its `npm`; raises ToolMissing."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm", path=str(Path(found).parent)) and _version(found) >= OLDEST:
        return Path(found).parent
    own = Path(sys.executable).parent
    if (own / "node").exists() and (own / "npm").exists():
        return own
    wanted = ".".join(str(part) for part in OLDEST)
    raise ToolMissing(f"Node {wanted} or newer is needed for the UI. `make setup` brings one along; run it again.")


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    digits = told.strip().removeprefix("v").split(".")
    return tuple(int(part) for part in digits) if all(part.isdigit() for part in digits) else ()


def chromium() -> str:
    """Path of the browser the UI is tested in; raises ToolMissing."""
    for name in (os.environ.get("TMS_CHROMIUM"), *_CHROMIUM):
        if name and (found := shutil.which(name)):
            return found
    raise ToolMissing("Chromium is needed for the UI's tests. Run: infra/local/bootstrap.sh browser")


def npm(*arguments: str) -> None:
    """Run npm in the UI's folder; raises CalledProcessError with its own words on the terminal."""
    folder = node_folder()
    subprocess.run([folder / "npm", *arguments], cwd=UI, env=environment(folder), check=True)


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "CI": "1", "NO_UPDATE_NOTIFIER": "1"}


def install() -> bool:
    """Packages exactly as locked; whether anything had to be done."""
    wanted = fingerprint([UI / "package.json", UI / "package-lock.json", UI / ".npmrc"])
    if _INSTALLED.exists() and _INSTALLED.read_text() == wanted:
        return False
    npm("ci", "--no-progress", "--loglevel=error")
    _INSTALLED.write_text(wanted)
    return True


def fingerprint(paths: list[Path]) -> str:
    """Changes when what stands in any of these files does, or when one comes or goes."""
    digest = sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()
