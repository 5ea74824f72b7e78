"""Where accepted records are kept so that a killed simulator comes back knowing them."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Row(NamedTuple):
    kind: str
    key: str
    body: Any


class Shelf(Protocol):
    """Keeps JSON rows by kind and key; `write` returns only when they would survive the death of this process."""

    def write(self, rows: Iterable[Row]) -> None: ...

    def read(self) -> list[Row]: ...

    def clear(self) -> None: ...

    def close(self) -> None: ...


class MemoryShelf:
    """Keeps nothing: state lives and dies with the process."""

    def write(self, rows: Iterable[Row]) -> None:
        """Accept the rows; the store already holds them in memory."""

    def read(self) -> list[Row]:
        return []

    def clear(self) -> None:
        """Forget nothing, as nothing was kept."""

    def close(self) -> None:
        """Nothing is open."""


class SqliteShelf:
    """One table in one file. The write-ahead log survives `kill -9`; a power cut may lose the last writes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.execute("pragma busy_timeout = 5000")
        self._connection.execute(
            "create table if not exists record (kind text, key text, body text not null, primary key (kind, key))"
        )

    def write(self, rows: Iterable[Row]) -> None:
        values = [(row.kind, row.key, json.dumps(row.body)) for row in rows]
        with self._connection:
            self._connection.execute("begin immediate")
            self._connection.executemany("insert or replace into record values (?, ?, ?)", values)

    def read(self) -> list[Row]:
        found = self._connection.execute("select kind, key, body from record order by kind, key")
        return [Row(kind, key, json.loads(body)) for kind, key, body in found]

    def clear(self) -> None:
        self._connection.execute("delete from record")

    def close(self) -> None:
        self._connection.close()
