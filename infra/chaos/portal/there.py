"""All that TPGateway holds at one moment: what it says, what makes two records alike, and which of them stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from infra.tpg_simulator.records import canonical

KINDS: Final = ("runs", "enrolments", "attendance", "assessments")
Record = dict[str, Any]
Likeness = tuple[Any, ...]
STAMPS: Final = frozenset(
    {"number", "reference", "run_id", "created_at", "updated_at", "touch_at", "made_by", "changed_by", "edits"}
)
KEYS: Final = {"runs": "run_id", "enrolments": "reference", "attendance": "number", "assessments": "reference"}
COUNTED: Final = "registeredUserCount"
"""Told with every edit, and with no edit of its own: whatever is mended brings the newest number."""
CONFIRMED, CANCELLED, VOIDED, VOID = "1", "Cancelled", "4", "VOID"


@dataclass(frozen=True, slots=True)
class There:
    """Records by kind and key, deleted ones too."""

    records: Mapping[str, Mapping[str, Record]]

    @classmethod
    async def read(cls, control: str) -> "There":
        """`control` is the simulator's control address."""
        async with httpx.AsyncClient(base_url=control, timeout=30) as client:
            answer = await client.get("/state")
        answer.raise_for_status()
        return cls.of(answer.json())

    @classmethod
    def of(cls, dump: Mapping[str, Any]) -> "There":
        return cls({kind: {str(one[KEYS[kind]]): one for one in dump[kind]} for kind in KINDS})

    def all(self) -> Iterator[tuple[str, str, Record]]:
        for kind, records in self.records.items():
            for key, record in records.items():
                yield kind, key, record

    def standing(self, kind: str) -> dict[str, Record]:
        """Neither deleted nor cancelled nor void."""
        return {key: one for key, one in self.records[kind].items() if stands(kind, one)}

    def rows_of(self, session: str, person: str) -> list[Record]:
        """A person's rows of a session, the newest last."""
        rows = (one for one in self.records["attendance"].values() if likeness("attendance", one) == (session, person))
        return sorted((one for one in rows if not one["deleted"]), key=lambda one: int(one["number"]))


def stands(kind: str, record: Record) -> bool:
    if record["deleted"]:
        return False
    match kind:
        case "enrolments":
            return bool(record["status"] != CANCELLED)
        case "attendance":
            return bool(record["status"] == CONFIRMED)
        case "assessments":
            return bool(record["result"].upper() != VOID)
        case _:
            return True


def likeness(kind: str, record: Record) -> Likeness:
    """Whose record it is, of what: the same for one that is made anew in its place."""
    match kind:
        case "runs":
            return (canonical(content(kind, record)),)
        case "enrolments":
            return record["run_id"], record["trainee"]["id"]
        case "attendance":
            return record["session_id"], record["trainee"]["id"]
        case _:
            return record["run_id"], record["trainee"]["id"], record["skill_code"], record["assessment_date"]


def content(kind: str, record: Record) -> Record:
    """What it says, without what TPGateway calls it or notes of it."""
    if kind == "runs":
        sessions = [_session(one) for one in record["sessions"] if not one["deleted"]]
        trainers = [{name: value for name, value in one.items() if name != "uuid"} for one in record["trainers"]]
        told = {"content": {**record["content"], COUNTED: None}, "trainers": trainers}
        return {**told, "sessions": sorted(sessions, key=canonical)}
    if kind == "attendance":
        return {name: record[name] for name in ("session_id", "status", "hours", "trainee")}
    return {name: value for name, value in record.items() if name not in STAMPS}


def whole(kind: str, record: Record) -> Record:
    """Everything that nobody may touch; that attendance was taken of a session follows from its rows."""
    if kind != "runs":
        return record
    return {**record, "sessions": [{**one, "attendance_taken": None} for one in record["sessions"]]}


def _session(session: Record) -> Record:
    hidden = {"session_id", "deleted", "attendance_taken"}
    return {name: value for name, value in session.items() if name not in hidden}
