"""One synthetic event of each type, made from its schema: the same on every machine, and valid by construction."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from libs.contracts.envelope import Envelope
from libs.contracts.event import Event

Json = Mapping[str, Any]

_INSTANT, _DAY = "2026-03-02T01:00:00Z", "2026-03-02"
_BY_FORMAT = {"date-time": _INSTANT, "date": _DAY}
_BY_TYPE: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": False, "null": None, "object": {}}
_BY_NAME: Mapping[str, Any] = {
    "course_reference": "TGS-2026000001",
    "credited_minutes": 960,
    "end_at": "2026-03-02T09:00:00Z",
    "end_on": "2026-03-05",
    "field": "capacity",
    "held_minutes": 1200,
    "intake_size": 20,
    "min_attendance_pct": 75,
    "mode_of_training": "1",
    "new": 24,
    "old": 20,
    "reference": "TGS-2026000001",
    "registration_opens_on": "2026-02-02",
    "registration_closes_on": "2026-02-27",
    "remote_id": "SYNTHETIC-1",
    "required_pct": 75,
    "scheduled_minutes": 1920,
    "skill_code": "SYN-ABC-1001-1.1",
    "title": "Basic Wok Safety (synthetic)",
    "vacancy": "A",
}
"""Where a value made from the type alone would tell nothing."""


_STATE_AFTER: Mapping[str, str] = {
    "amended": "final",
    "finalised": "final",
    "published": "open",
    "rescheduled": "open",
    "started": "in_progress",
}
"""The state that a fact leads to, where it has another name."""


def synthetic_id(name: str) -> str:
    """Always the same for one name, so that ids in different examples meet."""
    return str(uuid5(NAMESPACE_URL, f"urn:tms:example:{name}"))


def example_of(event: type[Event], schema: Json, speaker: str) -> dict[str, Any]:
    """A whole event, as it stands in the feed and in the body of a message."""
    kind, _, fact = event.type.partition(".")
    data = _Maker(schema.get("$defs", {}), fact).object(schema)
    record = data[event.key]
    envelope = Envelope(
        id=synthetic_id(event.routing_key()),
        source=f"/tms/{speaker}",
        type=event.cloud_type(),
        subject=f"{kind}/{record}",
        partitionkey=f"{kind}/{record}",
        time=_INSTANT,
        dataschema=event.schema_urn(),
        aggtype=kind,
        aggid=record,
        aggseq=3,
        correlationid=synthetic_id("correlation"),
        actorid=synthetic_id("actor"),
        actorrole="ops",
        data=data,
    )
    return envelope.model_dump(mode="json", exclude_none=True)


class _Maker:
    """Makes values by a schema's own words. A state that has the fact's name is taken before the first one."""

    def __init__(self, definitions: Json, fact: str) -> None:
        self._definitions = definitions
        self._states = (fact, _STATE_AFTER.get(fact, fact))

    def object(self, schema: Json) -> dict[str, Any]:
        fields = ((name, field) for name, field in schema.get("properties", {}).items() if name not in _RARE)
        made = ((name, self.value(name, field)) for name, field in fields)
        return {name: value for name, value in made if value is not None}

    def value(self, name: str, schema: Json) -> Any:
        schema = self._resolved(schema)
        if name in _BY_NAME:
            return _BY_NAME[name]
        if "enum" in schema:
            return next(state for state in (*self._states, schema["enum"][0]) if state in schema["enum"])
        if "properties" in schema:
            return self.object(schema)
        if "items" in schema:
            return [self.value(_singular(name), schema["items"])]
        if schema.get("format") == "uuid":
            return synthetic_id(name)
        return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(schema.get("type", ""), "synthetic"))

    def _resolved(self, schema: Json) -> Json:
        """What a reference, or the first of several choices, stands for."""
        while "$ref" in schema or "anyOf" in schema:
            schema = schema["anyOf"][0] if "anyOf" in schema else self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema


_RARE = frozenset({"reason"})
"""Left out: people rarely give one, and readers should see that."""


def _singular(name: str) -> str:
    return name.removesuffix("s")
