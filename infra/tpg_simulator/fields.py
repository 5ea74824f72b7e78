"""Field rules as data: each field reads its value from a JSON object and says what is wrong with it.

Unknown keys are ignored, null counts as absent, an empty text in a required field counts as missing, and texts that
are too long are refused, never cut.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Problems

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Field(ABC):
    """One field of a JSON object."""

    name: str
    required: bool = False

    @abstractmethod
    def read(self, value: Any, path: str, problems: Problems) -> Any:
        """Return the value in stored form, or None after telling what is wrong."""


@dataclass(frozen=True)
class Text(Field):
    longest: int | None = None
    choices: Collection[str] | None = None
    pattern: str | None = None

    def read(self, value: Any, path: str, problems: Problems) -> str | None:
        if not isinstance(value, str):
            problems.add(path, "Must be a text.")
        elif self.required and not value.strip():
            problems.blank(path)
        elif self.longest is not None and len(value) > self.longest:
            problems.add(path, f"Must not be longer than {self.longest} characters.")
        elif value and self.choices is not None and value not in self.choices:
            problems.add(path, f"Must be one of {', '.join(self.choices)}.")
        elif value and self.pattern is not None and not re.fullmatch(self.pattern, value, re.ASCII):
            problems.add(path, "Has the wrong format.")
        else:
            return value
        return None


@dataclass(frozen=True)
class Word(Field):
    """One of some words in any case; stored in the spelling listed here. An empty text counts as absent."""

    choices: tuple[str, ...] = ()

    def read(self, value: Any, path: str, problems: Problems) -> str | None:
        if not isinstance(value, str):
            problems.add(path, "Must be a text.")
            return None
        if not value.strip():
            if self.required:
                problems.blank(path)
            return None
        word = next((choice for choice in self.choices if choice.casefold() == value.casefold()), None)
        if word is None:
            problems.add(path, f"Must be one of {', '.join(self.choices)}.")
        return word


@dataclass(frozen=True)
class Number(Field):
    """A number, whole or not, exact as it was written."""

    least: Decimal = Decimal(0)
    most: Decimal | None = None

    def read(self, value: Any, path: str, problems: Problems) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.add(path, "Must be a number.")
            return None
        number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
        if not number.is_finite():
            problems.add(path, "Must be a number.")
        elif number < self.least:
            problems.add(path, f"Must not be less than {self.least}.")
        elif self.most is not None and number > self.most:
            problems.add(path, f"Must not be more than {self.most}.")
        else:
            return number
        return None


@dataclass(frozen=True)
class Whole(Field):
    least: int = 0
    most: int | None = None
    choices: Collection[int] | None = None

    def read(self, value: Any, path: str, problems: Problems) -> int | None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(path, "Must be a whole number.")
        elif value < self.least:
            problems.add(path, f"Must not be less than {self.least}.")
        elif self.most is not None and value > self.most:
            problems.add(path, f"Must not be more than {self.most}.")
        elif self.choices is not None and value not in self.choices:
            problems.add(path, f"Must be one of {', '.join(map(str, self.choices))}.")
        else:
            return value
        return None


@dataclass(frozen=True)
class Flag(Field):
    def read(self, value: Any, path: str, problems: Problems) -> bool | None:
        if isinstance(value, bool):
            return value
        problems.add(path, "Must be true or false.")
        return None


@dataclass(frozen=True)
class DayNumber(Field):
    """A date as the number `YYYYMMDD`."""

    def read(self, value: Any, path: str, problems: Problems) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and is_day(str(value)):
            return value
        problems.add(path, "Must be a date as the number YYYYMMDD.")
        return None


@dataclass(frozen=True)
class DayText(Field):
    """A date as text, `YYYYMMDD` or `YYYY-MM-DD`; stored without dashes."""

    def read(self, value: Any, path: str, problems: Problems) -> str | None:
        if isinstance(value, str) and re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", value, re.ASCII):
            day = value.replace("-", "")
            if is_day(day):
                return day
        problems.add(path, "Must be a date as the text YYYYMMDD or YYYY-MM-DD.")
        return None


@dataclass(frozen=True)
class DashedDay(Field):
    """A date as the text `YYYY-MM-DD`, and stored so. An empty text counts as absent."""

    def read(self, value: Any, path: str, problems: Problems) -> str | None:
        if value == "":
            if self.required:
                problems.blank(path)
            return None
        if (
            isinstance(value, str)
            and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)
            and is_day(value.replace("-", ""))
        ):
            return value
        problems.add(path, "Must be a date as the text YYYY-MM-DD.")
        return None


@dataclass(frozen=True)
class TimeText(Field):
    """A time of day, `HH:MM` or `HH:MM:SS`; stored as `HH:MM`."""

    def read(self, value: Any, path: str, problems: Problems) -> str | None:
        if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", value, re.ASCII):
            return value[:5]
        problems.add(path, "Must be a time as HH:MM.")
        return None


@dataclass(frozen=True)
class Part(Field):
    """An object inside the object."""

    fields: tuple[Field, ...] = ()

    def read(self, value: Any, path: str, problems: Problems) -> Json | None:
        if isinstance(value, dict):
            return read_fields(self.fields, value, path, problems)
        problems.add(path, "Must be an object.")
        return None


@dataclass(frozen=True)
class Rows(Field):
    """A list of objects."""

    fields: tuple[Field, ...] = ()

    def read(self, value: Any, path: str, problems: Problems) -> list[Json] | None:
        if not isinstance(value, list):
            problems.add(path, "Must be a list.")
            return None
        row = Part(self.name, fields=self.fields)
        read = (row.read(one, f"{path}[{position}]", problems) for position, one in enumerate(value))
        return [one for one in read if one is not None]


def read_fields(
    fields: Collection[Field], source: Json, path: str, problems: Problems, *, absent_is_fine: bool = False
) -> Json:
    """Read the known fields of one object, telling every problem; `absent_is_fine` forgives missing required ones."""
    found: Json = {}
    for field in fields:
        where = f"{path}.{field.name}" if path else field.name
        value = source.get(field.name)
        if value is None:
            if field.required and not absent_is_fine:
                problems.blank(where)
            continue
        if (read := field.read(value, where, problems)) is not None:
            found[field.name] = read
    return found


def is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        return False
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007  # a calendar date has no zone
    except ValueError:
        return False
    return True
