"""Ops staff correct marks, declare presences wrong, and take that back."""

from typing import Any, Final
from uuid import UUID, uuid4

from infra.chaos.insisting import STALE
from infra.chaos.writers.work import Work, unless
from infra.demo.client import Refusal

OVERTAKEN: Final = frozenset({"action_not_allowed"})
OTHER: Final = {"present": "absent", "absent": "present"}


class Corrector:
    """Looks only at those whose marks are disputed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def correct_one(self) -> None:
        taught = self._work.chance.choice(self._work.scene.taught)
        ops = self._work.cast["ops"]
        enrolment_id = self._work.chance.choice(taught.unsteady)
        marks = await ops.all("/attendance", run_id=taught.run["id"], enrolment_id=enrolment_id)
        judged = [mark for mark in marks if mark["state"] in {"present", "absent", "voided"}]
        if not judged:
            return
        mark = self._work.chance.choice(judged)
        path = f"/attendance/{mark['id']}"
        if mark["state"] == "voided":
            await self._act(path, "re-mark", "admin", "marked again")
        elif mark["state"] == "present" and self._work.chance.random() < 0.3:  # noqa: PLR2004 - now and then
            await self._act(path, "void", "ops", "declared wrong")
        else:
            await self.correct(path)

    async def _act(self, path: str, action: str, role: str, word: str) -> None:
        line = await unless(OVERTAKEN, self._work.cast[role].act(path, action, reason="it was somebody else"))
        if line is not None:
            self._note(line, word)

    async def correct(self, path: str) -> None:
        """Present becomes absent, absent present.

        Known again by its reason: whether a change was made whose answer was lost, the line's history says.
        """
        ops, reason = self._work.cast["ops"], f"the sheet was misread, {_in_letters(uuid4())}"
        while True:
            before = await ops.get(path)
            if any(revision["reason"] == reason for revision in before["revisions"]):
                self._note_revision(before, reason)
                return
            if before["state"] not in OTHER:
                return
            wish = {"state": OTHER[before["state"]], "reason": reason}
            try:
                self._note(await ops.patch(path, wish, etag=f'"{before["version"]}"'), "corrected")
            except Refusal as refusal:
                if refusal.status != STALE:
                    raise
            else:
                return

    def _note(self, line: dict[str, Any], word: str) -> None:
        diary = self._work.diary
        diary.revisions[UUID(line["id"]), line["revision"]] = line["state"]
        diary.done[f"marks {word}"] += 1

    def _note_revision(self, line: dict[str, Any], reason: str) -> None:
        diary = self._work.diary
        for revision in line["revisions"]:
            if revision["reason"] == reason:
                diary.revisions[UUID(line["id"]), revision["number"]] = revision["state"]
                diary.done["marks corrected"] += 1


def _in_letters(unique: UUID) -> str:
    """Digits in a reason might be taken for somebody's number."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in unique.hex[:12])
