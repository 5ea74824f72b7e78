"""What was sent to TPGateway, what was owed by when, and what people decided."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from libs.contracts.tpg_sync import ObligationLevel, RecordType
from services.tpg_sync.models import JobState, ObligationState
from services.tpg_sync.schemas.evidence.markup import Node, marked, table, tag
from services.tpg_sync.schemas.evidence.members import (
    DecisionsEvidence,
    DutiesEvidence,
    DutyPart,
    JobPart,
    RecordPart,
    SubmissionsEvidence,
)
from services.tpg_sync.schemas.evidence.words import DASH, entry_no, lasted, sgt, somebody

Names = Mapping[UUID, str]
"""What the page calls a record."""
KINDS = {
    RecordType.RUN: "course run",
    RecordType.ENROLMENT: "enrolment",
    RecordType.FEE: "fee status",
    RecordType.ATTENDANCE: "attendance",
    RecordType.ASSESSMENT: "assessment",
}
OVER = {JobState.SUCCEEDED: "well", JobState.REJECTED: "wrong", JobState.DEAD_LETTERED: "wrong"}


def submissions_section(submissions: SubmissionsEvidence, names: Names) -> Iterator[Node]:
    yield tag("h2", "Submissions to TPGateway", id="submissions")
    yield tag(
        "p",
        "One line for each thing that was owed to TPGateway: when it acknowledged it, under which reference, how long"
        " before the deadline. Each call, its size and digest stands in submissions.json.",
        class_="quiet",
    )
    for kind, words in KINDS.items():
        records = [record for record in submissions.records if record.record_type is kind]
        if records:
            yield tag("h3", words.capitalize())
            yield _jobs(records, names)
    if not submissions.records:
        yield tag("p", "Nothing was owed to TPGateway yet.", class_="quiet")
    yield tag("h3", "Differences found on comparing")
    rows = (
        (
            one.code.value,
            names.get(one.record_id, DASH) if one.record_id else "not ours",
            ", ".join(one.fields) or DASH,
            sgt(one.first_seen_at),
            marked(one.state.value, "well" if one.resolved_at else "look"),
            sgt(one.resolved_at),
            _two(one.requested_by, one.approved_by),
            one.reason or DASH,
        )
        for one in submissions.discrepancies
    )
    headings = ("Code", "Record", "Fields", "First seen", "State", "Resolved", "Decided by", "Reason")
    yield table(headings, rows, empty="Nothing was found to differ.")


def _two(first: str | None, second: str | None) -> Node:
    if second is None:
        return somebody(first)
    return tag("span", somebody(first), " and ", somebody(second))


def _jobs(records: Sequence[RecordPart], names: Names) -> Node:
    rows = (_job(job, record, names) for record in records for job in record.jobs)
    headings = ("Record", "Sent as", "State", "Calls", "Acknowledged", "Reference", "Deadline", "Headroom")
    return table(headings, rows, empty="Nothing was owed.")


def _job(job: JobPart, record: RecordPart, names: Names) -> Sequence[Node | None]:
    words = job.state.value.replace("_", " ")
    if job.error_code and job.state is not JobState.SUCCEEDED:
        words = f"{words}: {job.error_code}"
    return (
        names.get(record.record_id, str(record.record_id)),
        job.kind.value.partition(".")[2].replace("_", " "),
        marked(words, OVER.get(job.state, "look")),
        str(job.tries),
        sgt(job.acknowledged_at),
        job.remote_ref or DASH,
        sgt(job.deadline_at),
        _headroom(job),
    )


def _headroom(job: JobPart) -> Node:
    if job.headroom_seconds is None:
        return DASH
    if job.headroom_seconds < 0:
        return marked(f"{lasted(job.headroom_seconds)} late", "wrong")
    return lasted(job.headroom_seconds)


def duties_section(duties: DutiesEvidence, names: Names) -> Iterator[Node]:
    yield tag("h2", "Duties", id="duties")
    yield tag("p", "What was owed by when, how it stands, and the recorded fact that met it.", class_="quiet")
    standing = Counter(_standing(duty)[0] for duty in duties.duties)
    if standing:
        yield tag("p", ", ".join(f"{count} {words}" for words, count in standing.most_common()) + ".")
    rows = (
        (
            duty.title,
            names.get(duty.subject_id, str(duty.subject_id)),
            sgt(duty.due_at),
            marked(*_standing(duty)),
            sgt(duty.satisfied_at),
            _met_by(duty),
        )
        for duty in duties.duties
        if duty.state is not ObligationState.DROPPED
    )
    yield table(("Duty", "For", "Due", "Stands", "Met", "By"), rows, empty="No duty has arisen yet.")


def _standing(duty: DutyPart) -> tuple[str, str]:
    match duty.state:
        case ObligationState.MET:
            return "met in time", "well"
        case ObligationState.LATE:
            return "met late", "wrong"
        case ObligationState.WAIVED:
            return "waived", "look"
        case ObligationState.DROPPED:
            return "fallen away", "look"
        case _ if duty.breached:
            return "missed", "wrong"
        case _:
            return "open", "well" if duty.level is ObligationLevel.GREEN else "look"


def _met_by(duty: DutyPart) -> Node:
    if duty.waived_at is not None:
        return tag("span", "waived by ", somebody(duty.waived_by), f" {sgt(duty.waived_at)}: {duty.waived_because}")
    if duty.met_by is not None:
        return tag("span", duty.met_by.action, " ", entry_no(duty.met_by.seq))
    return "it held when the duty arose" if duty.satisfied_at is not None else DASH


def decisions_section(decisions: DecisionsEvidence, names: Names) -> Iterator[Node]:
    yield tag("h2", "Decisions", id="decisions")
    yield tag(
        "p",
        "Everything a person did for a reason of their own: overrides, waivers, corrections, voids, withdrawals. Where"
        " two persons were needed, the one who asked and the one who decided.",
        class_="quiet",
    )
    rows = (
        (
            sgt(one.at),
            one.action.replace(".", " ").replace("_", " "),
            names.get(one.subject_id, f"{one.subject_type} …{str(one.subject_id)[-6:]}"),
            somebody(one.by, one.role),
            somebody(one.asked_by),
            one.reason,
            entry_no(one.seq),
        )
        for one in decisions.decisions
    )
    headings = ("When", "What", "About", "By", "Asked for by", "Reason", "Proof")
    yield table(headings, rows, empty="Nobody set a rule aside, and nothing was corrected for a reason.")
