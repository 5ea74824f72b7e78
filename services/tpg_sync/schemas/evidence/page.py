"""The page an auditor opens first: everything the pack states, to be read and printed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from libs.contracts.attendance import MarkState
from libs.contracts.evidence import EnrolmentsEvidence, RegisterEvidence, ResultsEvidence, RunEvidence
from services.tpg_sync.models import JobState
from services.tpg_sync.schemas.evidence.markup import Node, document, tag, terms
from services.tpg_sync.schemas.evidence.members import DecisionsEvidence, DutiesEvidence, SubmissionsEvidence
from services.tpg_sync.schemas.evidence.register import Register
from services.tpg_sync.schemas.evidence.results import places_section, results_section
from services.tpg_sync.schemas.evidence.submissions import (
    Names,
    decisions_section,
    duties_section,
    submissions_section,
)
from services.tpg_sync.schemas.evidence.words import DASH, STATES, People, sgt, somebody

CHAPTERS = {
    "register": "Register",
    "results": "Results",
    "enrolments": "Enrolments and fees",
    "submissions": "Submissions",
    "duties": "Duties",
    "decisions": "Decisions",
    "proof": "How to check it",
}


class Occasion(BaseModel):
    """Who took the evidence out, when and why, and how much of the audit log vouches for it."""

    evidence_id: UUID
    provider_uen: str
    made_at: AwareDatetime
    made_by: str
    made_as: str
    reason: str
    entries: int
    tree_size: int


@dataclass(frozen=True, slots=True)
class Stated:
    """Everything a pack states."""

    run: RunEvidence
    enrolments: EnrolmentsEvidence
    register: RegisterEvidence
    results: ResultsEvidence
    submissions: SubmissionsEvidence
    duties: DutiesEvidence
    decisions: DecisionsEvidence


def evidence_page(stated: Stated, occasion: Occasion) -> bytes:
    """The same content makes the same bytes."""
    people, run = People(stated.enrolments), stated.run
    names = names_of(stated, people)
    register = Register(stated.register, run.fact.sessions, people, stated.submissions.records)
    return document(
        f"Evidence of course run {run.fact.remote_id or run.run_id}",
        *_opening(stated, occasion),
        *register.section(),
        *results_section(stated.results, people),
        *places_section(people, stated.submissions.records),
        *submissions_section(stated.submissions, names),
        *duties_section(stated.duties, names),
        *decisions_section(stated.decisions, names),
        *_proof(occasion),
    )


def names_of(stated: Stated, people: People) -> Names:
    """What the page calls each record: people by their number, sessions by theirs."""
    run = stated.run
    names = {run.run_id: "the run"}
    sessions = {session.session_id: f"session {session.sequence}" for session in run.fact.sessions}
    names |= sessions
    for enrolment_id in people.places:
        names[enrolment_id] = f"no. {people.number(enrolment_id)}"
    for mark in stated.register.marks:
        session = sessions.get(mark.fact.session_id, "a session")
        names[mark.attendance_id] = f"no. {people.number(mark.fact.enrolment_id)}, {session}"
    for result in stated.results.results:
        names[result.assessment_id] = f"no. {people.number(result.fact.enrolment_id)}, attempt {result.fact.attempt}"
    for certificate in stated.results.certificates:
        names[certificate.certificate_id] = f"certificate of no. {people.number(certificate.enrolment_id)}"
    for duty in stated.duties.duties:
        names[duty.obligation_id] = f"{duty.title}, {names.get(duty.subject_id, 'the run')}"
    return names


def _opening(stated: Stated, occasion: Occasion) -> Iterator[Node]:
    run = stated.run.fact
    yield tag("h1", f"Evidence: {run.course_reference} {stated.run.course_title}")
    yield tag("p", f"Course run {run.remote_id or 'not yet known to TPGateway'}", class_="quiet")
    yield terms(
        ("Training provider", f"UEN {occasion.provider_uen}"),
        ("Dates", f"{run.start_on:%d %b %Y} {DASH} {run.end_on:%d %b %Y}"),
        ("Status", run.status.value.replace("_", " ")),
        ("Run", tag("code", str(stated.run.run_id))),
        ("Trainers", ", ".join(trainer.name_masked for trainer in stated.run.trainers)),
        ("Taken out", sgt(occasion.made_at)),
        ("By", somebody(occasion.made_by, occasion.made_as)),
        ("For", occasion.reason),
    )
    yield tag("nav", *(tag("a", words, href=f"#{anchor}") for anchor, words in CHAPTERS.items()))
    yield terms(*_sums(stated))
    yield tag(
        "p",
        "Names and identity numbers are masked. Times are Singapore time (UTC+8). People who acted are told by role and"
        " the end of their account's id.",
        class_="quiet",
    )


def _sums(stated: Stated) -> Iterator[tuple[str, str]]:
    marks = Counter(mark.fact.state for mark in stated.register.marks)
    told = [f"{marks[state]} {STATES[state][0]}" for state in MarkState if marks[state]]
    jobs = [job for record in stated.submissions.records for job in record.jobs]
    acked = sum(job.state is JobState.SUCCEEDED for job in jobs)
    passed = sum(1 for one in stated.results.results if one.effective and one.fact.passed)
    counting = sum(one.effective for one in stated.results.results)
    yield "Places", _counted(Counter(place.fact.status.value for place in stated.enrolments.places))
    yield "Attendance", ", ".join(told) or "none yet"
    yield "Results", f"{passed} of {counting} that count are competent" if counting else "none yet"
    yield "Submissions", f"{acked} of {len(jobs)} acknowledged by TPGateway" if jobs else "none yet"
    yield "Duties", _counted(Counter(duty.state.value for duty in stated.duties.duties))
    yield "Decisions", f"{len(stated.decisions.decisions)} for a reason of a person's own"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {words}" for words, count in counts.most_common()) or "none yet"


def _proof(occasion: Occasion) -> Iterator[Node]:
    yield tag("h2", "How to check it", id="proof")
    yield tag(
        "p",
        f"{occasion.entries} entries of the audit log tell of everything above; each is proven to stand in a log of"
        f" {occasion.tree_size} entries whose root was signed. The program in this archive checks that, the digest of"
        " every file, and that what the files state is what the entries tell:",
    )
    yield tag("p", tag("code", "python verify.py <this archive> --key <public key in hex>"))
    yield tag(
        "p",
        "Use your own copy of the program, and a key you got another way: whoever could forge an archive could put"
        " another program into it. ",
        tag("code", f"Evidence {occasion.evidence_id}"),
        class_="quiet",
    )
