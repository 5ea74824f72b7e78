"""What may be shown of personal data by default. A mask is manners, not protection: access is what protects."""

SHOWN_OF_ID = 4
ERASED = "erased"
"""What stands where somebody stood whom nobody knows any more."""


def mask_id(number: str) -> str:
    """`S1234567D` as `S****567D`; anything too short to mask is hidden whole."""
    if len(number) <= SHOWN_OF_ID + 1:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - SHOWN_OF_ID - 1) + number[-SHOWN_OF_ID:]


def mask_email(address: str) -> str:
    """`someone@example.com` as `s***@example.com`."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"


def mask_phone(number: str) -> str:
    """Only the last two digits remain."""
    return "*" * max(0, len(number) - 2) + number[-2:]


def mask_name(name: str) -> str:
    """The first letter of each word remains; what says that nobody is known any more stays as it is."""
    if name == ERASED:
        return name
    return " ".join(f"{word[0]}***" for word in name.split())
