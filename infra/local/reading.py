"""Log files told as plain lines: time, process, level, what happened, and the fields that matter."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

LEVELS = {"debug": "dim", "info": "green", "warning": "yellow", "error": "red", "critical": "bold red"}
UNSAID = {"at", "level", "event", "service", "logger", "trace_id", "span_id"}
LAST_LINES = 40


class LogFile:
    """A log that is read on as it grows, also past the moment when a fresh file takes its place."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._path = path
        self._file = path.open(errors="replace")
        self._begun = ""

    def close(self) -> None:
        self._file.close()

    def new_lines(self) -> Iterator[str]:
        """Whole lines since the last call."""
        yield from self._rest()
        if self._path.exists() and os.fstat(self._file.fileno()).st_ino != self._path.stat().st_ino:
            self._file.close()
            self._file = self._path.open(errors="replace")
            yield from self._rest()

    def _rest(self) -> Iterator[str]:
        *lines, self._begun = (self._begun + self._file.read()).split("\n")
        yield from lines


def follow(paths: list[Path], console: Console, *, forever: bool) -> None:
    """Print the last lines of each file and, when `forever`, what comes after; ends on Ctrl-C."""
    files = [LogFile(path) for path in paths]
    try:
        for file in files:
            _print(console, file.name, list(file.new_lines())[-LAST_LINES:])
        while forever:
            for file in files:
                _print(console, file.name, file.new_lines())
            time.sleep(0.2)
    except KeyboardInterrupt:
        console.print()
    finally:
        for file in files:
            file.close()


def _print(console: Console, name: str, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(told(name, line), soft_wrap=True)


def told(name: str, line: str) -> Text:
    """One line of a log as a person wants to read it; what is no JSON stays as it is."""
    try:
        fields: dict[str, Any] = json.loads(line)
    except ValueError:
        return Text.assemble((f"{name:<10} ", "cyan"), line)
    if not isinstance(fields, dict):
        return Text.assemble((f"{name:<10} ", "cyan"), line)
    level = str(fields.get("level", "info"))
    clock = str(fields.get("at", ""))[11:23]
    rest = "  ".join(f"{key}={value}" for key, value in fields.items() if key not in UNSAID and value is not None)
    return Text.assemble(
        (f"{clock} ", "dim"), (f"{name:<10} ", "cyan"), (f"{level:<8}", LEVELS.get(level, "")),
        (f"{fields.get('event', '')}  ", "bold"), (rest, "dim"),
    )  # fmt: skip
