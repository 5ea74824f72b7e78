"""What of a migration can fail the release that still runs: found by squawk, a linter of Postgres migrations."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SQUAWK: Final = Path(sys.executable).with_name("squawk")
POSTGRES: Final = "15"
UNIQUE_INDEX: Final = "adding-unique-index"
"""Squawk calls it an index like any other; to a release that writes equal rows it is a refusal."""

NARROWING: Final = frozenset(
    {
        "adding-exclusion-constraint",
        "adding-field-with-default",
        "adding-foreign-key-constraint",
        "adding-not-nullable-field",
        "adding-required-field",
        "adding-serial-primary-key-field",
        "ban-alter-domain-with-add-constraint",
        "ban-drop-column",
        "ban-drop-constraint",
        "ban-drop-database",
        "ban-drop-default",
        "ban-drop-not-null",
        "ban-drop-table",
        "ban-truncate-cascade",
        "changing-column-type",
        "constraint-missing-not-valid",
        "disallowed-unique-constraint",
        "renaming-column",
        "renaming-table",
        UNIQUE_INDEX,
    }
)
"""What earlier code may miss or be refused. Of squawk's other rules, tastes are not ours, and locks are what the
migration's own limits are for: see `libs.database.migrations`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement that narrows, by its line in the migration's statements."""

    rule: str
    line: int
    message: str


class NotLinted(RuntimeError):
    """Squawk could not be asked, or could not read the statements; the message is its own."""


def narrowing(sql: str) -> list[Finding]:
    """Everything that narrows what stands; tables that come with the same migration are nobody's yet.

    Raises NotLinted.
    """
    lines = sql.splitlines()
    found = []
    for told in _asked(sql):
        rule = told["rule_name"]
        if rule == "syntax-error":
            raise NotLinted(told["message"])
        if rule == "require-concurrent-index-creation" and "create unique" in lines[told["line"]].lower():
            rule = UNIQUE_INDEX
        if rule in NARROWING:
            found.append(Finding(rule, told["line"] + 1, told["message"]))
    return found


def _asked(sql: str) -> list[dict[str, Any]]:
    command = [str(SQUAWK), "--reporter=json", "--assume-in-transaction", f"--pg-version={POSTGRES}"]
    run = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    try:
        told: list[dict[str, Any]] = json.loads(run.stdout)
    except ValueError:
        raise NotLinted(run.stderr.strip()[-500:]) from None
    return told
