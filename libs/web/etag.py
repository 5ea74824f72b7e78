"""Versions of records in HTTP: an ETag out, If-Match in."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from libs.errors import FieldError, Invalid, PreconditionMissing

_QUOTED_VERSION = re.compile(r'"(\d{1,9})"')


async def if_match(if_match: Annotated[str | None, Header()] = None) -> int:
    """The version the caller read. Raises PreconditionMissing (428) without it, Invalid (422) for another shape."""
    if if_match is None:
        raise PreconditionMissing("Send If-Match with the ETag of the record as you last read it.")
    version = _QUOTED_VERSION.fullmatch(if_match.strip())
    if version is None:
        fix = 'Send the ETag exactly as received, one strong tag with quotes: "7".'
        raise Invalid("If-Match cannot be read.", [FieldError("If-Match", "malformed", "This is not our ETag.", fix)])
    return int(version[1])


IfMatch = Annotated[int, Depends(if_match)]


def etag(response: Response, version: int) -> None:
    """Tell the record's version, for the caller's next If-Match."""
    response.headers["ETag"] = f'"{version}"'
