"""Identity numbers against the type they are sent under; passports and other papers have no check we know."""

from collections.abc import Iterator

from libs.tpgateway.identifiers import IdKind, is_nric_or_fin, nric_kind
from libs.tpgateway.rules.finding import Finding


def judge_identity(number: str | None, expected: IdKind | None, at: str, type_at: str) -> Iterator[Finding]:
    """`expected` is the kind the type stands for. One that stands for FINs may stand for work permits as well."""
    number = (number or "").strip()
    if expected is None or not number:
        return
    kind = nric_kind(number)
    misspelt = expected is IdKind.NRIC if kind is None else not is_nric_or_fin(number)
    if misspelt:
        yield _misspelt(at, kind or expected)
    elif kind is not expected:
        message = f"The id type stands for a {expected}, and the number is none."
        yield Finding(type_at, "wrong_id_kind", message, "Choose the type printed on the card.")


def judge_named_identity(number: str | None, id_type: str | None, at: str, type_at: str) -> Iterator[Finding]:
    """The same where the type is NRIC or FIN by name, and so can be nothing else."""
    name = (id_type or "").strip().upper()
    expected = IdKind(name) if name in IdKind.__members__ else None
    if expected is None or number is None or not number.strip():
        return
    kind = nric_kind(number)
    if kind is None:
        yield _misspelt(at, expected)
    elif kind is not expected:
        message = f"The id type says {expected}, and the number is a {kind}."
        yield Finding(type_at, "id_type_contradicted", message, "Choose the type printed on the card.")
    else:
        yield from judge_identity(number, expected, at, type_at)


def _misspelt(at: str, kind: IdKind) -> Finding:
    message = f"This is no {kind} that can exist: a digit or the last letter is wrong."
    return Finding(at, "wrong_check_letter", message, "Copy the number from the card once more.")
