"""What TPGateway shows of enrolments and assessments alike, and where in a reply it stands."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from libs.tpgateway.envelope import Reply
from libs.tpgateway.wire import Seen, SeenDay, SeenStamp


def _id_type(value: object) -> object:
    """An object with a type, an object with a code, or the bare word."""
    return value.get("type") or value.get("code") if isinstance(value, Mapping) else value


SeenIdType = Annotated[str | None, BeforeValidator(_id_type)]


class Stamps(Seen):
    """When a record was made and last touched. The latter moves by itself: it proves no change."""

    created_on: SeenStamp = None
    updated_on: SeenStamp = None


class SeenPartner(Seen):
    code: str | None = None
    uen: str | None = None
    name: str | None = None


class SeenRun(Seen):
    id: str | None = None
    start_date: SeenDay = None
    end_date: SeenDay = None


class SeenCourse(Seen):
    reference_number: str | None = None
    title: str | None = None
    run: SeenRun | None = None


def record_of(reply: Reply, root: str) -> Any:
    """The one record of a reply, under its root or bare, with the reply's stamps as its own."""
    record = _bare(reply.data, root)
    return {**record, "meta": reply.meta} if isinstance(record, Mapping) else record


def records_of(reply: Reply, root: str) -> Any:
    """The records of a search, each with its own stamps. Anything but a list is handed on, and fits nowhere."""
    if not isinstance(reply.data, list):
        return reply.data
    return [_entry(entry, root) for entry in reply.data]


def _entry(entry: Any, root: str) -> Any:
    record = _bare(entry, root)
    return {**record, "meta": entry.get("meta")} if isinstance(record, Mapping) else record


def _bare(data: Any, root: str) -> Any:
    return data.get(root, data) if isinstance(data, Mapping) else data
