"""The table people read says what the matrix says."""

from libs.access.permissions import MATRIX, Permission, Role
from libs.access.table import README, matrix_table, readme_text


def test_the_readme_holds_todays_matrix() -> None:
    assert README.read_text(encoding="utf-8") == readme_text(), "run `make contracts` and review the difference"


def test_the_table_read_back_is_the_matrix() -> None:
    head, _, *rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in matrix_table().splitlines()]
    assert head[1:] == [role.value for role in Role]
    assert [row[0].strip("`") for row in rows] == [permission.value for permission in Permission]
    grants = {"scope": "scoped"}
    for permission, row in zip(Permission, rows, strict=True):
        read = {role: grants.get(cell, cell) for role, cell in zip(Role, row[1:], strict=True) if cell != "-"}
        assert read == {role: grant.name.lower() for role, grant in MATRIX[permission].items()}
