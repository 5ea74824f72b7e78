"""What the Dockerfile of our images says."""

import re

from infra.local.layout import ROOT

FILE = ROOT / "infra" / "containers" / "Dockerfile"
_ARGUMENT = re.compile(r"^ARG (\w+)=(\S+)$", re.MULTILINE)


def argument(name: str) -> str:
    """What an argument is, unless a build is told otherwise."""
    told: dict[str, str] = dict(_ARGUMENT.findall(FILE.read_text()))
    return told[name]
