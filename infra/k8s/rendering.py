"""The overlays as the cluster would get them: rendered by the `kubectl` of the Python environment, offline."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
OVERLAYS = ROOT / "k8s" / "overlays"
KUBECTL = Path(sys.executable).with_name("kubectl")

Thing = dict[str, Any]
"""One object of Kubernetes, as its YAML says it."""

WORKLOADS = ("Deployment", "Job")


class NotRendered(RuntimeError):
    """Kustomize refused; the message is its own."""


def overlays() -> list[str]:
    return sorted(path.parent.name for path in OVERLAYS.glob("*/kustomization.yaml"))


def render(folder: Path) -> list[Thing]:
    """Every object of a kustomization."""
    if not KUBECTL.exists():
        raise NotRendered(f"{KUBECTL} is missing; `make setup` installs it from the lock file")
    run = subprocess.run([KUBECTL, "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise NotRendered(run.stderr.strip())
    return [thing for thing in yaml.safe_load_all(run.stdout) if thing]


def title(thing: Thing) -> str:
    return f"{thing['kind']}/{thing['metadata']['name']}"


def of_kind(things: Iterable[Thing], *kinds: str) -> Iterator[Thing]:
    return (thing for thing in things if thing["kind"] in kinds)


def pod_of(workload: Thing) -> dict[str, Any]:
    """The pod template of a Deployment or a Job."""
    template: dict[str, Any] = workload["spec"]["template"]
    return template


def containers_of(workload: Thing) -> list[dict[str, Any]]:
    """Every container of its pod, those that run before the others included."""
    spec = pod_of(workload)["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]


def fits(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector chooses what carries these labels. Raises KeyError on an operator it does not know."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_holds(wish, labels) for wish in selector.get("matchExpressions", []))


def _holds(wish: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(wish["key"])
    return {
        "In": lambda: value in wish["values"],
        "NotIn": lambda: value not in wish["values"],
        "Exists": lambda: value is not None,
        "DoesNotExist": lambda: value is None,
    }[wish["operator"]]()
