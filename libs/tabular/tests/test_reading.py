"""Tables as people's programs write them."""

import contextlib
import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from libs.tabular import cells
from libs.tabular.reading import Column, Row, Table, UnreadableTable
from libs.tabular.writing import refused, written

COLUMNS = (
    Column("name", required=True, also=("Full Name (as in NRIC)",)),
    Column("born_on", cells.day, also=("DOB", "date of birth")),
    Column("fee", cells.amount),
    Column("seats", cells.whole),
    Column("sponsorship", cells.one_of(Employer="EMPLOYER", Self="INDIVIDUAL")),
)


def rows_of(content: bytes) -> list[Row]:
    return list(Table(io.BytesIO(content), COLUMNS).rows())


def values_of(content: bytes) -> list[dict[str, Any]]:
    return [dict(row.values) for row in rows_of(content)]


PEOPLE = "name;DOB;fee\r\nSynthetic Tan Wei Léng;09/03/1990;1,250.50\r\n"


@pytest.mark.parametrize(
    "content",
    [PEOPLE.encode(), PEOPLE.encode("utf-8-sig"), PEOPLE.encode("utf-16"), PEOPLE.encode("cp1252")],
    ids=["utf-8", "with its mark", "utf-16", "western european"],
)
def test_every_usual_encoding_is_read(content: bytes) -> None:
    wanted = {"name": "Synthetic Tan Wei Léng", "born_on": date(1990, 3, 9), "fee": Decimal("1250.50")}
    assert values_of(content) == [wanted]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found(separator: str) -> None:
    content = f'"name"{separator}seats\n"a{separator}b"{separator}007\n'.encode()
    assert values_of(content) == [{"name": f"a{separator}b", "seats": 7}]


def test_columns_go_by_any_of_their_names_and_strangers_are_named() -> None:
    table = Table(io.BytesIO(b"full-name (AS IN nric),Shoe size\nSynthetic Lim,9\n"), COLUMNS)
    assert [row.values for row in table.rows()] == [{"name": "Synthetic Lim"}]
    assert table.ignored == ["Shoe size"]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("1990-03-09", date(1990, 3, 9)),
        ("19900309", date(1990, 3, 9)),
        ("9/3/1990", date(1990, 3, 9)),
        ("09-03-1990", date(1990, 3, 9)),
        ("9 Mar 1990", date(1990, 3, 9)),
        ("09-March-1990", date(1990, 3, 9)),
        ("32941", date(1990, 3, 9)),
        ("1990-03-09 00:00:00", date(1990, 3, 9)),
        ("13/13/1990", None),
        ("31/02/1990", None),
        ("yesterday", None),
        ("09/03/90", None),
        ("90", None),
    ],
)
def test_dates_as_people_and_spreadsheets_write_them(cell: str, meant: date | None) -> None:
    [row] = rows_of(f"name,dob\nSynthetic Lim,{cell}\n".encode())
    assert row.values.get("born_on") == meant
    assert [finding.code for finding in row.findings] == ([] if meant else ["not_a_date"])


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("Synthetic Lim,,=1+1,,", "fee", "formula"),
        ("@SUM(A1),,,,", "name", "formula"),
        ("=HYPERLINK(A1),,,,", "name", "formula"),
        (",,12.345,,", "name", "missing"),
        ("Synthetic Lim,,12.345,,", "fee", "not_an_amount"),
        ("Synthetic Lim,,-5,,", "fee", "not_an_amount"),
        ("Synthetic Lim,,,1.5,", "seats", "not_a_number"),
        ("Synthetic Lim,,,,Uncle", "sponsorship", "unknown_word"),
        ("Synthetic Lim,,,,,surplus", "row", "too_many_cells"),
        (f"{'x' * 4_001},,,,", "name", "too_long"),
        ("a\0b,,,,", "name", "unkeepable_character"),
    ],
)
def test_each_wrong_cell_is_named_with_a_fix_and_never_repeated(line: str, field: str, code: str) -> None:
    [row] = rows_of(f"name,dob,fee,seats,sponsorship\n{line}\n".encode())
    finding = row.findings[0]
    assert (finding.field, finding.code) == (field, code)
    assert finding.fix
    assert not any(cell and cell in finding.message + finding.fix for cell in line.split(",") if len(cell) > 4)


def test_a_row_s_number_is_the_spreadsheet_s() -> None:
    content = b'name,seats\nfirst,1\n\n"two\nlines",2\nlast,x\n'
    assert [(row.number, len(row.findings)) for row in rows_of(content)] == [(2, 0), (4, 0), (6, 1)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"born_on,fee\n", "lacks the columns name"),
        (b"name,Name\na,b\n", "comes twice"),
        (b'name\n"open', "cannot be read beyond"),
    ],
)
def test_what_is_no_table_says_why(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableTable, match=why):
        rows_of(content)


def test_a_formula_is_kept_from_running_and_comes_back_as_it_was() -> None:
    unsafe = ["=1+1", "@cmd", "+SUM(A1)", "-2+cmd|' /C calc'!A0", "\tx"]
    content = b"".join(written(["name"], [[cell] for cell in unsafe]))
    assert all(line.lstrip(b'"').startswith(b"'") for line in content.splitlines()[1:])
    assert [row.cells[0].lstrip("'") for row in rows_of(content)] == unsafe


@pytest.mark.parametrize("number", ["-5", "+65 9123 4567", "-1,250.50"])
def test_plain_numbers_stay_numbers(number: str) -> None:
    assert cells.safe(number) == number


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda name: name.strip() and not cells.runs(name.strip()) and cells.plain(name) == name
)


@given(st.lists(st.tuples(names, st.dates(date(1911, 1, 1)), st.decimals(0, 10**9, places=2)), max_size=20))
@example([("'quoted", date(2000, 2, 29), Decimal("0.00"))])
def test_what_is_written_is_read_again(people: list[tuple[str, date, Decimal]]) -> None:
    content = b"".join(written(["name", "born_on", "fee"], people))
    read = [(values["name"], values["born_on"], values["fee"]) for values in values_of(content)]
    assert read == people


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    with contextlib.suppress(UnreadableTable):
        rows_of(b"name\n" + content)


def test_refused_rows_come_back_as_they_were_with_their_reasons() -> None:
    table = Table(io.BytesIO(b"name,seats\nSynthetic Lim,many\n"), COLUMNS)
    content = b"".join(refused(table.header, ((row, row.findings) for row in table.rows())))
    [given_back] = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert (given_back["name"], given_back["seats"], given_back["row"]) == ("Synthetic Lim", "many", "2")
    assert "whole number" in given_back["reasons"]
    assert values_of(content.replace(b"many", b"3")) == [{"name": "Synthetic Lim", "seats": 3}]


def test_a_long_table_costs_no_more_memory_than_a_short_one() -> None:
    source = io.BytesIO(b"name,seats\n" + b"Synthetic Trainee,7\n" * 50_000)
    tracemalloc.start()
    try:
        count = sum(1 for _ in Table(source, COLUMNS).rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 50_000
    assert peak < 2_000_000
