"""What the others say, as marks show it: scans, submissions, drift."""

from typing import Any
from uuid import UUID

import pytest

from libs.contracts.tpg_sync import (
    Hint,
    OfficialScanSeen,
    RecordType,
    RemoteIds,
    SyncDeadLettered,
    SyncDiscarded,
    SyncDrifted,
    SyncEvent,
    SyncQueued,
    SyncReconciled,
    SyncRejected,
    SyncState,
    SyncSucceeded,
    SyncVerifying,
)
from libs.errors import NotFound
from services.attendance.tests.builders import HOUR, IDS, START, about, seat_event, session
from services.attendance.tests.conftest import World, ok

WHY = "the trainer was asked"


def scan(session_id: UUID, enrolment_id: str, row: str = "18024") -> OfficialScanSeen:
    return OfficialScanSeen(session_id=session_id, enrolment_id=UUID(enrolment_id), remote_row=row)


# ------------------------------------------------------------------------------------------- scans


async def test_a_scan_makes_present_who_was_not_judged_and_nothing_is_owed(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)

    await world.hear(scan(first.session_id, people[0]), scan(first.session_id, people[0]))

    line = await world.line(first.session_id, people[0])
    assert (line["state"], line["method"], line["sync_state"]) == ("present", "singpass_qr", "synced")
    assert (line["sync"]["submission_revision"], line["revision"], line["conflict"]) == (0, 1, None)
    assert (await world.told()).count("attendance.marked") == 1


async def test_a_scan_is_not_overwritten_but_voided_with_a_reason(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.hear(scan(first.session_id, people[0]))

    (in_bulk,) = await world.mark(first.session_id, (people[0], "absent"))
    line = await world.line(first.session_id, people[0])
    by_hand = await world.patch(line, state="absent", reason=WHY)
    late = await ok(world.patch(line, minutes_credited=200, note="late"))
    voided = await ok(world.act(late, "void", reason=WHY))

    assert (in_bulk["outcome"], in_bulk["code"]) == ("conflict", "official_scan")
    assert (by_hand.status_code, by_hand.json()["allowed"]) == (409, ["void with a reason"])
    assert (late["method"], late["minutes_credited"]) == ("singpass_qr", 200)
    assert (voided["state"], voided["conflict"], voided["sync"]["submission_revision"]) == ("voided", "ATT-03", 1)
    await world.hear(about(voided, SyncSucceeded, SyncState.SYNCED))
    assert (await world.line(first.session_id, people[0]))["conflict"] is None


async def test_an_absence_stands_against_a_scan_until_a_person_decides(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "absent"))

    await world.hear(scan(first.session_id, people[0]), scan(first.session_id, people[0]))

    line = await world.line(first.session_id, people[0])
    assert (line["state"], line["conflict"]) == ("absent", "ATT-02")
    assert (await world.told()).count("attendance.scan_seen") == 1
    decided = await ok(world.patch(line, state="present"))
    assert (decided["state"], decided["conflict"], decided["method"]) == ("present", None, "singpass_qr")


async def test_a_difference_a_person_accepted_is_pointed_out_no_more(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "absent"))
    await world.hear(scan(first.session_id, people[0]))
    line = await world.line(first.session_id, people[0])
    words = {"record_id": line["id"], "record_type": "attendance", "record_revision": 0, "state": "not_applicable"}

    await world.hear(SyncReconciled.model_validate(words), SyncReconciled.model_validate(words))

    after = await world.line(first.session_id, people[0])
    assert (after["state"], after["conflict"]) == ("absent", None)
    assert (await world.told()).count("attendance.sync_recorded") == 1


async def test_a_scan_confirms_who_was_marked_present(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))

    await world.hear(scan(first.session_id, people[0]))

    line = await world.line(first.session_id, people[0])
    assert (line["state"], line["method"], line["sync"]["submission_revision"]) == ("present", "singpass_qr", 1)


async def test_scans_of_who_has_no_seat_or_is_elsewhere_are_pointed_out(world: World) -> None:
    person = IDS.new()
    here, there = session(), session(start=START + HOUR)
    mine, theirs = await world.run(here), await world.run(there)
    first, second = await world.seat(mine, trainee_id=person), await world.seat(theirs, trainee_id=person)
    late = await world.seat(mine, seated_from=START + 3 * HOUR)
    await world.mark(here.session_id, (first, "present"))

    await world.hear(scan(there.session_id, second), scan(here.session_id, late))

    elsewhere = (await world.sheet(there.session_id))["lines"]
    assert [(line["state"], line["conflict"]) for line in elsewhere] == [("unmarked", "ATT-05")]
    listed = await ok(world.ops.get("/api/v1/attendance", params={"in_conflict": True}))
    assert {each["conflict"] for each in listed["items"]} == {"ATT-04", "ATT-05"}


async def test_a_scan_of_somebody_not_heard_of_comes_again(world: World) -> None:
    first = session()
    run_id = await world.run(first)
    seat = seat_event(run_id)
    event = scan(first.session_id, str(seat.enrolment_id))

    with pytest.raises(NotFound):
        await world.hear(event)
    await world.hear(seat, event)

    assert list((await world.states(first.session_id)).values()) == ["present"]


async def test_what_was_scanned_drifts_and_settles_without_ever_being_owed(world: World) -> None:
    first = session()
    _, people = await world.class_of(1, first)
    await world.hear(scan(first.session_id, people[0]))
    line = await world.line(first.session_id, people[0])
    words = {"record_id": UUID(line["id"]), "record_type": RecordType.ATTENDANCE, "record_revision": 0}

    await world.hear(SyncDrifted.model_validate({**words, "state": "drifted", "codes": ["ATT-03"]}))
    drifted = (await world.line(first.session_id, people[0]))["sync_state"]
    await world.hear(SyncReconciled.model_validate({**words, "state": "synced"}))

    assert (drifted, (await world.line(first.session_id, people[0]))["sync_state"]) == ("drifted", "synced")


# ------------------------------------------------------------------------------------------- submissions


async def marked(world: World) -> tuple[UUID, str, Any]:
    first = session()
    _, people = await world.class_of(1, first)
    await world.mark(first.session_id, (people[0], "present"))
    return first.session_id, people[0], await world.line(first.session_id, people[0])


async def test_how_a_submission_fares_is_on_the_mark(world: World) -> None:
    session_id, person, line = await marked(world)
    hint = Hint(field="trainee.email", code="missing", message="No e-mail.", fix="Add it.")
    steps: list[tuple[type[SyncEvent], SyncState, dict[str, Any]]] = [
        (SyncQueued, SyncState.PENDING, {}),
        (SyncVerifying, SyncState.UNKNOWN, {}),
        (SyncRejected, SyncState.REJECTED, {"error_code": "V9", "hints": (hint,)}),
        (SyncDeadLettered, SyncState.DEAD, {"error_code": "timeout"}),
        (SyncDiscarded, SyncState.DEAD, {}),
        (SyncSucceeded, SyncState.SYNCED, {"remote": RemoteIds(record="18024")}),
    ]
    seen = []
    for kind, state, words in steps:
        await world.hear(about(line, kind, state, **words))
        sync = (await world.line(session_id, person))["sync"]
        seen.append((sync["state"], sync["error_code"], len(sync["hints"])))

    assert seen == [
        ("pending", None, 0),
        ("unknown", None, 0),
        ("rejected", "V9", 1),
        ("dead", "timeout", 0),
        ("dead", "discarded", 0),
        ("synced", None, 0),
    ]
    after = await world.line(session_id, person)
    assert (after["sync"]["acked_revision"], after["version"]) == (1, line["version"])
    assert (await world.last("attendance.sync_recorded"))["sync_state"] == "synced"


async def test_a_late_word_about_what_was_corrected_since_leaves_it_owed(world: World) -> None:
    session_id, person, line = await marked(world)
    await ok(world.patch(line, state="absent"))

    await world.hear(about(line, SyncSucceeded, SyncState.SYNCED, 1))
    overtaken = (await world.line(session_id, person))["sync"]
    await world.hear(about(line, SyncSucceeded, SyncState.SYNCED, 2), about(line, SyncQueued, SyncState.PENDING, 1))
    done = (await world.line(session_id, person))["sync"]

    assert (overtaken["state"], overtaken["acked_revision"]) == ("stale", 1)
    assert (done["state"], done["acked_revision"]) == ("synced", 2)


async def test_words_about_other_records_are_not_ours(world: World) -> None:
    _, _, line = await marked(world)

    await world.hear(about({"id": str(IDS.new())}, SyncQueued, SyncState.PENDING, record_type=RecordType.ENROLMENT))
    with pytest.raises(NotFound):
        await world.hear(about({"id": str(IDS.new())}, SyncQueued, SyncState.PENDING))

    assert line["sync_state"] == "pending"


async def test_a_row_of_nobodys_that_is_removed_at_tpgateway_is_no_mark_of_ours(world: World) -> None:
    """Its word would never find a mark, and end as a dead letter."""
    for said, state in ((SyncQueued, SyncState.PENDING), (SyncSucceeded, SyncState.NOT_APPLICABLE)):
        word = about({"id": str(IDS.new())}, said, state).model_copy(update={"kind": "attendance.void_foreign"})
        await world.hear(word)


async def test_drift_is_shown_and_goes_again(world: World) -> None:
    session_id, person, line = await marked(world)
    await world.hear(about(line, SyncSucceeded, SyncState.SYNCED))
    words: dict[str, Any] = {
        "record_id": UUID(line["id"]),
        "record_type": RecordType.ATTENDANCE,
        "record_revision": 1,
    }

    await world.hear(SyncDrifted(**words, state=SyncState.DRIFTED, codes=("ATT-01",)))
    drifted = (await world.line(session_id, person))["sync"]
    await world.hear(SyncReconciled(**words, state=SyncState.SYNCED))
    again = (await world.line(session_id, person))["sync"]

    assert (drifted["state"], drifted["error_code"]) == ("drifted", "ATT-01")
    assert (again["state"], again["error_code"]) == ("synced", None)
