"""What a subscriber is handed: where to read, as whom, with which secrets. One file each, for its owner alone."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.secrets import write_privately
from infra.subscribers.subscriber import Subscriber


@dataclass(frozen=True, slots=True, repr=False)
class Handover:
    """Everything another system needs to hear events; it holds two secrets."""

    system: str
    areas: tuple[str, ...]
    queue: str
    amqp_url: str
    feed: str
    token_url: str
    client: dict[str, str]
    """The form that `token_url` takes."""

    @property
    def password(self) -> str:
        """Of its account at the broker."""
        return urlsplit(self.amqp_url).password or ""

    @property
    def subscriber(self) -> Subscriber:
        return Subscriber(self.system, tuple(self.areas))


class Handovers:
    """The folder of a local system's handovers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, system: str) -> Path:
        return self._folder / f"{system}.json"

    def find(self, system: str) -> Handover | None:
        path = self.path(system)
        return Handover(**json.loads(path.read_text())) if path.exists() else None

    def all(self) -> list[Handover]:
        found = (self.find(path.stem) for path in sorted(self._folder.glob("*.json")))
        return [handover for handover in found if handover is not None]

    def keep(self, handover: Handover) -> None:
        """Write it as one line, readable by its owner alone (0600)."""
        write_privately(self.path(handover.system), json.dumps(asdict(handover)) + "\n")

    def forget(self, system: str) -> None:
        self.path(system).unlink(missing_ok=True)
