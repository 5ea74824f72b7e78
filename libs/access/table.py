"""The matrix as the table of this folder's README. `make contracts` writes it there; a test keeps it true."""

from pathlib import Path

from libs.access.permissions import MATRIX, Grant, Permission, Role

README = Path(__file__).with_name("README.md")
START, END = "<!-- matrix: written by `make contracts` -->", "<!-- end of matrix -->"
WORDS = {Grant.ALL: "all", Grant.MASKED: "masked", Grant.OWN: "own", Grant.SCOPED: "scope", None: "-"}


def matrix_table() -> str:
    """One row for each permission, one column for each role."""
    rows = [f"| permission | {' | '.join(Role)} |", f"| --- |{' --- |' * len(Role)}"]
    for permission in Permission:
        cells = (WORDS[MATRIX[permission].get(role)] for role in Role)
        rows.append(f"| `{permission}` | {' | '.join(cells)} |")
    return "\n".join(rows)


def readme_text() -> str:
    """The README as it must be: its own words around today's table."""
    before, _, rest = README.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{matrix_table()}\n\n{END}{after}"
