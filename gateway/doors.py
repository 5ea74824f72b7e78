"""What the gateway itself answers to a signed-in caller, beside what it passes on: data, matched like routes."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.types import Receive

from gateway.answers import Answer
from gateway.body import RequestBody
from gateway.journey import Journey
from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.errors import Invalid, NotFound
from libs.web.fields import field_errors

BODY_LIMIT = 256 * 1024
"""Enough for five hundred ids and a reason."""
_PATIENCE_S = 30.0
_LONGEST_QUERY = 16 * 1024
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Wish:
    """One request to one of our own doors, by a caller who is known."""

    journey: Journey
    principal: Principal
    receive: Receive
    query_string: bytes
    parts: Mapping[str, str]
    """What stands in the path's variable places."""

    def query(self, kind: type[M]) -> M:
        """The query, checked; what a model does not name is passed over, as services do. Raises Invalid."""
        if len(self.query_string) > _LONGEST_QUERY:
            raise Invalid("The query is too long.")
        given = dict(parse_qsl(self.query_string.decode("ascii", "replace"), keep_blank_values=False))
        try:
            return kind.model_validate(given)
        except ValidationError as error:
            raise _invalid(error, "query") from None

    async def body(self, kind: type[M]) -> M:
        """The JSON body, checked. Raises Invalid, TooLarge, ClientSlow, ClientGone."""
        body = RequestBody(self.journey.headers, self.receive, BODY_LIMIT, _PATIENCE_S)
        try:
            return kind.model_validate_json(await body.whole())
        except ValidationError as error:
            raise _invalid(error, "body") from None

    def header(self, name: bytes) -> str | None:
        value = self.journey.headers.get(name)
        return None if value is None else value.decode("latin-1")


Handler = Callable[[Wish], Awaitable[Answer | None]]
"""Answers a wish; None when it has sent its answer itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the API document says of a door."""

    summary: str
    permissions: Sequence[Permission]
    """What lets somebody in; one of several is enough."""
    answer: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    description: str = ""
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one path, as `/api/v1/things/{id}`."""

    method: str
    path: str
    handler: Handler
    about: About

    def parts(self, path: str) -> Mapping[str, str] | None:
        """The variable places of a path that is this door's; None when it is another's."""
        found = _pattern(self.path).fullmatch(path)
        return None if found is None else found.groupdict()


class Doors:
    """All doors. A path with no variable place comes before one with."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = sorted(doors, key=lambda door: door.path.count("{"))
        self._prefixes = tuple({_first_of(door.path) for door in doors})

    def __iter__(self) -> Iterator[Door]:
        return iter(self._doors)

    def owns(self, path: str) -> bool:
        """Whether the path is one of ours, known or not: no service is asked about it."""
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in self._prefixes)

    def find(self, method: str, path: str) -> tuple[Door, Mapping[str, str]] | tuple[str, ...]:
        """The door and its variable places, or the methods the path does take; raises NotFound."""
        fitting = [(door, parts) for door in self._doors if (parts := door.parts(path)) is not None]
        if not fitting:
            raise NotFound("page", "at this path")
        for door, parts in fitting:
            if method == door.method or (method == "HEAD" and door.method == "GET"):
                return door, parts
        return tuple(sorted({door.method for door, _ in fitting}))


def _first_of(path: str) -> str:
    return "/".join(path.split("/")[:4])


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_VARIABLE.sub(r"(?P<\1>[A-Za-z0-9._~-]+)", path))


def _invalid(error: ValidationError, place: str) -> Invalid:
    fields = field_errors({**detail, "loc": (place, *detail["loc"])} for detail in error.errors())
    detail = "One field is wrong." if len(fields) == 1 else f"{len(fields)} fields are wrong."
    return Invalid(detail, fields)
