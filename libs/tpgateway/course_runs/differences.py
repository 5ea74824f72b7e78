"""Where a run of ours and the same run at TPGateway tell different things."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.tpgateway.course_runs.normal import NormalRun, NormalSession, NormalTrainer


@dataclass(frozen=True, slots=True)
class Difference:
    """One field told differently, in normal form; an empty side is one that lacks the thing altogether.

    `field` is a path under the run, by our order of sessions. The sides may be personal data (the administrator's
    address), so neither shows in a repr.
    """

    field: str
    ours: str = dataclasses.field(repr=False)
    theirs: str = dataclasses.field(repr=False)


def differences(ours: NormalRun, theirs: NormalRun) -> list[Difference]:
    """Every difference in what both sides tell; what one of them leaves untold is no difference."""
    found = list(_fields("", ours.fields, theirs.fields))
    if ours.trainers is not None and theirs.trainers is not None:
        found += _trainers(ours.trainers, theirs.trainers)
    if ours.sessions is not None and theirs.sessions is not None:
        found += _sessions(ours.sessions, theirs.sessions, complete=ours.sessions_complete)
    return found


def _fields(at: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Difference]:
    for name, value in ours.items():
        if name in theirs and theirs[name] != value:
            yield Difference(f"{at}{name}", value, theirs[name])


def _trainers(ours: Sequence[NormalTrainer], theirs: Sequence[NormalTrainer]) -> Iterator[Difference]:
    """By the ends of id numbers alone, for the rest is masked; one that shows nothing may be anybody."""
    mine, shown = (Counter(trainer.id_end for trainer in side if trainer.id_end) for side in (ours, theirs))
    nameless = len(theirs) - shown.total()
    if len(ours) != len(theirs) or (mine - shown).total() > nameless:
        yield Difference("linkCourseRunTrainer", _ends(ours), _ends(theirs))


def _ends(trainers: Sequence[NormalTrainer]) -> str:
    return ", ".join(sorted(f"*****{trainer.id_end}" for trainer in trainers))


def _sessions(
    ours: Sequence[NormalSession], theirs: Sequence[NormalSession], *, complete: bool
) -> Iterator[Difference]:
    pairs, extra = _paired(ours, theirs)
    for index, (mine, seen) in enumerate(pairs):
        if seen is None:
            yield Difference(f"sessions[{index}]", mine.words, "")
        else:
            yield from _fields(f"sessions[{index}].", mine.fields, seen.fields)
    if complete:
        for seen in extra:
            yield Difference("sessions", "", seen.words)


def _paired(
    ours: Sequence[NormalSession], theirs: Sequence[NormalSession]
) -> tuple[list[tuple[NormalSession, NormalSession | None]], list[NormalSession]]:
    """Each of ours with its counterpart: by id where we know one, else by day, time and mode; and what is left."""
    named = {session.session_id for session in ours if session.session_id}
    by_id = {session.session_id: session for session in theirs if session.session_id in named}
    free = [session for session in theirs if session.session_id not in by_id]
    pairs: list[tuple[NormalSession, NormalSession | None]] = []
    for session in ours:
        if session.session_id:
            pairs.append((session, by_id.get(session.session_id)))
            continue
        seen = next((one for one in free if one.key == session.key), None)
        if seen is not None:
            free.remove(seen)
        pairs.append((session, seen))
    return pairs, free
