"""Whether attendance has been taken of a session: its run's views tell."""

from collections.abc import Iterable

from infra.tpg_simulator.attendance.record import AttendanceRow
from infra.tpg_simulator.records import CourseRun
from infra.tpg_simulator.store import Store


def with_attendance_taken(store: Store, run: CourseRun, changed: Iterable[AttendanceRow]) -> list[CourseRun]:
    """The run as it must be stored beside these new or changed rows; empty when nothing about it changes."""
    rows = {row.key: row for row in store.attendance.having("run", run.run_id)}
    rows |= {row.key: row for row in changed}
    taken = {row.session_id for row in rows.values() if row.standing}
    sessions = tuple(
        session.model_copy(update={"attendance_taken": session.session_id in taken}) for session in run.sessions
    )
    return [] if sessions == run.sessions else [run.model_copy(update={"sessions": sessions})]
