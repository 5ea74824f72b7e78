"""The session lines of an edit: new ones carry no id, the others say `update` or `delete`."""

from datetime import timedelta
from typing import Any

from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import CourseRun, Json, Session
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs import rules
from infra.tpg_simulator.runs.publish import session_id
from infra.tpg_simulator.runs.sessions import as_request, read_session
from infra.tpg_simulator.runs.shapes import SESSION_EDIT


class SessionEdits:
    """Applies session lines to a run's sessions, in memory; the caller stores the outcome if there are no problems."""

    def __init__(self, call: Call, run: CourseRun, content: Json | None, problems: Problems) -> None:
        self._call = call
        self._run = run
        self._content = content
        self._problems = problems
        self._sessions = {session.session_id: session for session in run.sessions}
        self.sessions_made = run.sessions_made

    def apply(self, lines: Any, path: str) -> tuple[Session, ...]:
        """Return all sessions after the edit, each living one inside the run's dates."""
        if lines is not None and not isinstance(lines, list):
            self._problems.add(path, "Must be a list.")
            lines = None
        for position, line in enumerate(lines or []):
            self._apply_line(line, f"{path}[{position}]")
        for session in self._sessions.values():
            if not session.deleted and self._content is not None:
                where = f"{path}({session.session_id})"
                rules.check_session_inside(session, self._content, where, self._problems)
        return tuple(self._sessions.values())

    def _apply_line(self, line: Any, path: str) -> None:
        if not isinstance(line, dict):
            self._problems.add(path, "Must be an object.")
            return
        lowered = {**line, "action": line["action"].lower()} if isinstance(line.get("action"), str) else line
        head = read_fields(SESSION_EDIT, lowered, path, self._problems)
        action, wanted = head.get("action") or "", head.get("sessionId") or ""
        if action == "update":
            self._update(line, wanted, path)
        elif action == "delete":
            self._delete(wanted, path)
        elif wanted:
            self._problems.add(f"{path}.action", "Must be update or delete for a session that exists.")
        else:
            self._add(line, path)

    def _add(self, line: Json, path: str) -> None:
        session = read_session(line, path, self._content, self._problems)
        if session is None:
            return
        world = self._call.world
        rules.check_not_ended(session, path, self._problems, now=world.clock.now(), switches=world.switches)
        course = world.seed.find_course(self._run.course_reference)
        if course is None:
            self._problems.add(path, "Invalid course reference number")
            return
        self.sessions_made += 1
        new_id = session_id(course, self._run.run_id, self.sessions_made)
        self._sessions[new_id] = session.model_copy(update={"session_id": new_id})

    def _update(self, line: Json, wanted: str, path: str) -> None:
        standing = self._find(wanted, path)
        if standing is None:
            return
        world = self._call.world
        cutoff = standing.starts_at - timedelta(minutes=world.switches.edit_cutoff_minutes)
        if world.switches.checks_dates_strictly and cutoff <= world.clock.now():
            self._problems.add(path, "A session that has started cannot be changed.")
            return
        source = line
        if world.switches.edit_absent_fields == "keep":
            given = {name: value for name, value in line.items() if value is not None}
            source = {**as_request(standing), **given}
        session = read_session(source, path, self._content, self._problems)
        if session is not None:
            kept = {"session_id": standing.session_id, "attendance_taken": standing.attendance_taken}
            self._sessions[standing.session_id] = session.model_copy(update=kept)

    def _delete(self, wanted: str, path: str) -> None:
        standing = self._find(wanted, path)
        if standing is None:
            return
        if standing.ends_at <= self._call.world.clock.now():
            self._problems.add(path, "A past session cannot be deleted.")
            return
        self._sessions[standing.session_id] = standing.model_copy(update={"deleted": True})

    def _find(self, wanted: str, path: str) -> Session | None:
        standing = self._sessions.get(wanted)
        if standing is None or standing.deleted:
            self._problems.add(f"{path}.sessionId", "No such session on this course run.")
            return None
        return standing
