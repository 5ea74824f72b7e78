"""JSON on its way to a browser, made small: lists of records shrink to a fifth or less."""

import zlib
from collections.abc import Mapping

from gateway.answers import Headers

SMALLEST = 1_400
"""Below this an answer fits one packet anyway."""
_LEVEL = 2
_GZIP = 31
"""zlib's way to say: with gzip's head and end."""
_JSON = (b"application/json", b"application/problem+json")
_WITH_TOKENS = "/api/v1/auth"
"""Answers that hold tokens stay as they are: their size must not tell what is in them."""


def accepts(accepted: bytes | None, coding: bytes) -> bool:
    """Whether an Accept-Encoding header takes this coding; `q=0` refuses it."""
    if accepted is None:
        return False
    for offer in accepted.split(b","):
        name, _, quality = offer.strip().partition(b";")
        if name.strip().lower() == coding:
            return quality.replace(b" ", b"").lower() not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


class Compressor:
    """Makes one answer small, piece by piece."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def whole(self, body: bytes) -> bytes:
        return self._zlib.compress(body) + self._zlib.flush()

    def piece(self, chunk: bytes) -> bytes:
        return self._zlib.compress(chunk)

    def rest(self) -> bytes:
        return self._zlib.flush()


def compressor_for(asked: Mapping[bytes, bytes], place: str, status: int, headers: Headers) -> Compressor | None:
    """What makes this answer small; None when it goes as it is. Changes the headers to what then holds.

    The ETag stays strong: it names the version of a record, and comes back in If-Match.
    """
    told = dict(headers)
    length = told.get(b"content-length")
    if (
        not accepts(asked.get(b"accept-encoding"), b"gzip")
        or status in (204, 304)
        or place.startswith(_WITH_TOKENS)
        or b"content-encoding" in told
        or told.get(b"content-type", b"").partition(b";")[0].strip().lower() not in _JSON
        or (length is not None and int(length) < SMALLEST)
    ):
        return None
    headers[:] = [(name, value) for name, value in headers if name not in (b"content-length", b"accept-ranges")]
    headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
    return Compressor()
