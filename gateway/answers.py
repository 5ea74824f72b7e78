"""What the gateway says itself, and the headers that every answer carries."""

from dataclasses import dataclass

from pydantic import BaseModel

from libs.errors import Refused
from libs.web.documents import MEDIA_TYPE, problem_document, refusal_document, refusal_headers, status_of

Headers = list[tuple[bytes, bytes]]

API_POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
UI_POLICY = PAGE_POLICY.replace(b"style-src 'self'", b"style-src 'self' 'unsafe-inline'")
"""The UI's components write style tags and attributes; scripts stay files of our own."""
SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer."""

    status: int
    body: bytes
    media_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    policy: bytes = API_POLICY

    def all_headers(self) -> Headers:
        return [
            (b"content-type", self.media_type.encode()),
            (b"content-length", str(len(self.body)).encode()),
            (b"content-security-policy", self.policy),
            *self.headers,
        ]


def model_answer(model: BaseModel, status: int = 200) -> Answer:
    """A model as JSON, for this caller alone."""
    return Answer(status, model.model_dump_json().encode(), "application/json", ((b"cache-control", b"no-store"),))


def refused(refusal: Refused) -> Answer:
    """The problem for a refusal."""
    headers = ((name.lower().encode(), value.encode()) for name, value in refusal_headers(refusal).items())
    return Answer(status_of(refusal), refusal_document(refusal), MEDIA_TYPE, tuple(headers))


def problem(status: int, code: str, detail: str, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(
        status, problem_document(status, code, detail), MEDIA_TYPE, ((b"cache-control", b"no-store"), *headers)
    )
