"""Results, places and fees as tables."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from libs.contracts.evidence import ResultEvidence, ResultsEvidence
from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.schemas.evidence.markup import Node, marked, table, tag
from services.tpg_sync.schemas.evidence.members import RecordPart
from services.tpg_sync.schemas.evidence.words import DASH, People, sgt, somebody

RULES = {"min_attendance": "minimum attendance", "makeup_window": "time for make-ups"}


def results_section(results: ResultsEvidence, people: People) -> Iterator[Node]:
    yield tag("h2", "Results", id="results")
    yield tag(
        "p",
        "Every attempt, and whether the requirement was met. Score and grade are personal and stay in the system.",
        class_="quiet",
    )
    ordered = sorted(results.results, key=lambda one: (people.number(one.fact.enrolment_id), one.fact.attempt))
    rows = (_attempt(one, people) for one in ordered)
    headings = ("No.", "Name", "Identity no.", "Skill", "Attempt", "Assessed on", "Result", "Counts", "Finalised", "By")
    yield table(headings, rows, empty="No result was entered yet.")
    yield tag("h3", "Amendments, voids and rules set aside")
    yield table(
        ("No.", "Attempt", "What", "Asked for by", "Decided by", "When", "Reason"),
        (row for one in ordered for row in _history(one, people)),
        empty="No result was changed, and no rule was set aside.",
    )
    yield tag("h3", "Certificates")
    yield table(
        ("No.", "Name", "Identity no.", "Issued on", "Stands"),
        (
            (
                *people.cells(one.enrolment_id),
                one.issued_on.strftime("%d %b %Y"),
                marked("valid", "well")
                if one.revoked_at is None
                else marked(f"revoked {sgt(one.revoked_at)}", "wrong"),
            )
            for one in results.certificates
        ),
        empty="No certificate was issued.",
    )


def _attempt(one: ResultEvidence, people: People) -> Sequence[Node | None]:
    fact, first = one.fact, one.revisions[0] if one.revisions else None
    return (
        *people.cells(fact.enrolment_id),
        fact.skill_code or "the course as a whole",
        str(fact.attempt),
        fact.assessed_on.strftime("%d %b %Y"),
        _standing(one),
        "yes" if one.effective else "no",
        sgt(first.made_at if first else None),
        somebody(first.made_by, first.made_as) if first else DASH,
    )


def _standing(one: ResultEvidence) -> Node:
    if one.fact.status == "draft":
        return marked("draft", "look")
    words = "competent" if one.fact.passed else "not yet competent"
    if one.fact.status == "voided":
        return marked(f"void (was {words})", "wrong")
    return marked(words, "well" if one.fact.passed else "look")


def _history(one: ResultEvidence, people: People) -> Iterator[Sequence[Node | None]]:
    number, attempt = people.cells(one.fact.enrolment_id)[0], str(one.fact.attempt)
    for override in one.overrides:
        rule = RULES.get(override.rule, override.rule)
        by = somebody(override.granted_by)
        yield number, attempt, f"{rule} set aside", DASH, by, sgt(override.granted_at), override.reason
    asked = {each.proposal_id: each for each in one.proposals}
    voids = [each for each in one.proposals if each.kind == "void" and each.status == "approved"]
    for change in one.revisions[1:]:
        what = f"{change.kind}: {', '.join(change.fields)}" if change.kind == "amended" else change.kind
        proposal = asked.get(change.proposal_id) if change.proposal_id else None
        if change.kind == "voided" and voids:
            proposal = voids[-1]
        first = somebody(proposal.proposed_by) if proposal else DASH
        by = somebody(change.made_by, change.made_as)
        yield number, attempt, what, first, by, sgt(change.made_at), change.reason or DASH
    for proposal in one.proposals:
        if proposal.status != "approved":
            what = f"{proposal.kind} asked for, {proposal.status}"
            by, when = somebody(proposal.decided_by), proposal.decided_at or proposal.proposed_at
            yield number, attempt, what, somebody(proposal.proposed_by), by, sgt(when), proposal.reason


def places_section(people: People, records: Sequence[RecordPart]) -> Iterator[Node]:
    yield tag("h2", "Enrolments and fees", id="enrolments")
    held = {(one.record_type, one.record_id): one for one in records}
    rows = (
        (
            *people.cells(place.enrolment_id),
            place.fact.status.value,
            place.fact.enrolled_on.strftime("%d %b %Y"),
            "employer" if place.fact.sponsorship == "EMPLOYER" else "individual",
            place.fact.fee_status.value,
            _funding(place.fundable, place.funding_causes),
            place.fact.remote_id or DASH,
            _since(held, RecordType.ENROLMENT, place.enrolment_id),
        )
        for place in people.places.values()
    )
    headings = (
        *("No.", "Name", "Identity no.", "Status", "Enrolled on", "Sponsored by", "Fee collected", "Grant"),
        *("TPGateway's reference", "TPGateway holds it since"),
    )
    yield table(headings, rows, empty="Nobody was put down for this run yet.")


def _funding(fundable: bool | None, causes: Sequence[str]) -> Node:
    if fundable is None:
        return "not judged"
    return marked("stands", "well") if fundable else marked(f"lost: {', '.join(causes)}", "wrong")


def _since(held: dict[tuple[RecordType, UUID], RecordPart], kind: RecordType, record_id: UUID) -> Node:
    record = held.get((kind, record_id))
    return DASH if record is None else sgt(record.acked_at)
