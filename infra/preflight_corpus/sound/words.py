"""The values sound requests are made of. Nobody and nothing in them exists."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from infra.preflight_corpus.case import Json
from infra.tpg_simulator.identifiers import is_right

EMPLOYERS = ("00192200M", "201200696W", "T01FC6132D", "53212345A", "R99LL1234C", "S88SS0001H")
LANGUAGES = ("EL", "MN", "MY", "TM")
COLLECTED = ("Pending Payment", "Partial Payment", "Full Payment", "pending payment", "FULL PAYMENT")
_SIGNS = ("Wok", "safety", "one", "two", "Trainée", "李", "o'Test", "n°", "(demo)", "s/o", "@", "—")


def maybe(rng: Random, fields: Json, *names: str, leave_out: float = 0.4) -> Json:
    """The object without some of the fields that may be absent."""
    gone = {name for name in names if rng.random() < leave_out}
    return {name: value for name, value in fields.items() if name not in gone}


def text(rng: Random, longest: int) -> str:
    """Some words; now and then exactly as long as is allowed, or of one sign."""
    match rng.randrange(6):
        case 0:
            return "x" * longest
        case 1:
            return rng.choice("Aß7李é")
        case _:
            words = " ".join(rng.choice(_SIGNS) for _ in range(rng.randint(1, 4)))
            return f"Synthetic {words}"[:longest].strip() or "x"


def email(rng: Random, longest: int) -> str:
    ending = "@example.com"
    name = rng.choice(("t", "a.b+c", "trainee", "x" * (longest - len(ending))))
    return f"{name}{ending}"


def identity(rng: Random, kind: str) -> str:
    """A number of that kind with the right check letter; of no kind in particular, whatever passports have."""
    if kind not in {"NRIC", "FIN"}:
        return rng.choice(("K1234567", "X-99 1234", "A1", "PASS0000000000000001"))
    stem = f"{rng.choice('ST' if kind == 'NRIC' else 'FGM')}{rng.randrange(10_000_000):07d}"
    number = next(stem + letter for letter in "ABCDEFGHIJKLMNPQRTUWXZ" if is_right(stem + letter, kind))
    return rng.choice((number, number, number.lower()))


def named_kind(rng: Random) -> str:
    return rng.choice(("NRIC", "NRIC", "FIN", "OTHERS", "Others"))


def phone(rng: Random) -> Json:
    """In the parts of an enrolment: all of them text."""
    fields = {
        "countryCode": rng.choice(("+65", "65", "+1", "+852", "12345")),
        "areaCode": rng.choice(("", "", "6", "0123456789")),
        "phoneNumber": rng.choice(("91234567", "61234567", "9123 4567", "1234567890123456789"[: rng.randint(3, 19)])),
    }
    return maybe(rng, fields, "areaCode", leave_out=0.2)


def collected(rng: Random) -> str:
    return rng.choice(COLLECTED)


def discount(rng: Random) -> int | float:
    return rng.choice((0, 1, 50.25, 0.1, 1234567, 99999.99, 0.0))


def day_number(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def day_text(rng: Random, day: date) -> str:
    return rng.choice((f"{day:%Y%m%d}", day.isoformat()))


def filters(rng: Random, fields: dict[str, Callable[[], Any]], leave_out: float = 0.5) -> Json:
    """What a search looks for: some of the fields, some of them empty, which filters nothing."""
    wanted = {name: make for name, make in fields.items() if rng.random() >= leave_out}
    return {name: make() for name, make in wanted.items()}
