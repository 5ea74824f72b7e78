"""The table of flows says what the code does."""

import ast
from pathlib import Path

from infra.k8s.flows import ASKED_BY_API, SERVICES
from infra.k8s.rendering import ROOT


def peers_named_in(service: str) -> set[str]:
    """The other services that a service's code names as a word of its own, where it uses its peers or asks owners."""
    named: set[str] = set()
    for path in _sources(ROOT / "services" / service.replace("-", "_")):
        text = path.read_text()
        if ".peers" in text or "_peers" in text or "ask(owners" in text:
            words = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
            named |= {service for service in SERVICES if service in words}
    return named - {service}


def _sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.py") if "tests" not in path.parts]


def test_whom_a_service_asks_is_what_its_code_names() -> None:
    assert {service: peers for service in SERVICES if (peers := peers_named_in(service))} == {
        service: set(owners) for service, owners in ASKED_BY_API.items()
    }
