"""What personal data looks like inside free text: by shape alone, so a name or a birth date is not recognised."""

import re
import unicodedata

_GAP = r"[\s.\-\u2010-\u2015]{0,2}"
# Ids of records and traces: their hexadecimal digits may look like a FIN or a telephone number by chance.
_MACHINE_ID = re.compile(r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})\b", re.IGNORECASE)
_IDENTITY_NUMBER = re.compile(
    rf"""(?i:[STFGM]\d{{7}}[A-Z])                                              # even inside a longer word
      | (?<![A-Za-z0-9])[STFGMstfgm]{_GAP}\d{{4}}{_GAP}\d{{3}}{_GAP}[A-Z](?![A-Za-z0-9])  # parted, as people write""",
    re.VERBOSE,
)
_EMAIL = re.compile(r"[^\s@]@[^\s@]+\.[^\W\d_]{2,}")
_PHONE = re.compile(
    rf"""(?<!\d)(?:(?:\+|00)?65{_GAP})?[3689]\d{{3}}{_GAP}\d{{4}}(?!\d)
      | \+65(?:{_GAP}\d){{8}}(?!\d)                                            # grouped in any other way""",
    re.VERBOSE,
)


def holds_identity_number(text: str) -> bool:
    """Whether something in it is shaped like an NRIC or FIN, right check letter or not."""
    return _IDENTITY_NUMBER.search(_plain(text)) is not None


def holds_personal_data(text: str) -> bool:
    """Whether something in it is shaped like an NRIC or FIN, an email address or a Singapore telephone number."""
    plain = _plain(text)
    return any(shape.search(plain) for shape in (_IDENTITY_NUMBER, _EMAIL, _PHONE))


def _plain(text: str) -> str:
    """One spelling for wide letters and digits, nothing invisible, and no ids of machines."""
    visible = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return _MACHINE_ID.sub(" ", "".join(visible))
