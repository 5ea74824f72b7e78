"""The evidence of a realistic run: checked without this system, complete, masked; nothing it states can be another."""

import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.audit_verifier import verify as verifier
from infra.audit_verifier.tests import story as telling
from infra.audit_verifier.tests.resigning import Change, lying, members_of, resigned, zipped
from infra.audit_verifier.tests.story import Story, whole
from infra.audit_verifier.tests.town import Bearer, Town, town_of
from libs.access.permissions import Role
from libs.testing.people import trainee_wish
from libs.testing.stage import MakeStage
from services.audit.models import Signer
from services.audit.queries.checkpoints import find_signer

pytestmark = pytest.mark.timeout(300)
SEED = 20260407


@dataclass(frozen=True)
class Told:
    """What one walk through the story left behind: the pack, the key, and the audit log as if it had been cut back."""

    pack: bytes
    key: str
    signer: Signer
    short_audit: bytes
    run_id: str
    corrected: str
    voided: str
    waived: str
    events: list[str]


_once: list[Told] = []


@pytest.fixture
async def told(stage: MakeStage) -> Told:
    """The story is walked once for all tests here: they only read what it left."""
    if not _once:
        async with town_of(stage) as town:
            _once.append(await _walk(town))
    return _once[0]


async def _walk(town: Town) -> Told:
    story = await whole(town)
    auditor = await town.as_(Role.AUDITOR, "tpg-sync")
    answer = await auditor.post(f"/api/v1/compliance/evidence/{story.run_id}", json={"reason": "yearly review"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    audit = town.stages["audit"]
    async with audit.units.reading() as unit:
        signer = await find_signer(unit, audit.runtime.vault)
    assert signer is not None
    return Told(
        pack=answer.content,
        key=signer.key.public_key.hex(),
        signer=signer,
        short_audit=await _cut_back(town, story, answer.content),
        run_id=story.run_id,
        corrected=story.corrected,
        voided=story.voided,
        waived=story.waived,
        events=[envelope.event_type for name in ("tpg-sync", "audit") for envelope in await town.stages[name].told()],
    )


async def _cut_back(town: Town, story: Story, pack: bytes) -> bytes:
    """An extract, signed all right, of a log that has lost the last fact about the void, with what followed of it."""
    members = members_of(pack)
    heads = [head for name in verifier.STATEMENTS for head in json.loads(members[name]).get("heads", [])]
    for head in heads:
        if head["id"] == story.voided and head["type"] == "attendance":
            head["entries"] -= 1
    token = town.stages["audit"].passes.issue(Role.SERVICE, scopes=("audit:attest",))
    client = await town.as_(Role.AUDITOR, "audit")
    wish = {"heads": heads, "reason": "synthetic"}
    answer = await client.post("/internal/v1/audit/extracts", json=wish, auth=Bearer(token))
    assert answer.status_code == 200, answer.text
    return answer.content


# ------------------------------------------------------------------------------------------------ whole and untouched


def test_the_standalone_verifier_finds_the_whole_pack_true(told: Told, tmp_path: Path) -> None:
    # given the verifier alone in a folder, far from the system
    program = shutil.copy(verifier.__file__, tmp_path / "verify.py")
    (tmp_path / "evidence.zip").write_bytes(told.pack)
    # when it runs by itself, with the key that was had another way
    command = [sys.executable, "-I", program, "evidence.zip", "--key", told.key]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    # then
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.splitlines()[-1] == "OK       nothing in this pack was changed"
    assert f"evidence of run {told.run_id}" in ran.stdout
    # and the same program stands in the pack, and in the audit pack inside
    members = members_of(told.pack)
    assert members["verify.py"] == members_of(members["audit.zip"])["verify.py"] == Path(program).read_bytes()
    # and another key vouches for nothing
    assert "not among those" in verifier.check(told.pack, "00" * 32).told()[0]


async def test_it_holds_everything_that_was_done(told: Told) -> None:
    members = {name: json.loads(content) for name, content in members_of(told.pack).items() if name.endswith(".json")}
    register, results, submissions = members["register.json"], members["results.json"], members["submissions.json"]
    marks = {mark["attendance_id"]: mark for mark in register["marks"]}
    assert (len(members["enrolments.json"]["places"]), len(register["sheets"]), len(marks)) == (20, 4, 80)
    assert [one["state"] for one in marks[told.corrected]["revisions"]] == ["absent", "present"]
    assert [one.get("reason") for one in marks[told.voided]["revisions"]] == [None, telling.VOID_REASON]
    assert sorted(one["fact"]["attempt"] for one in results["results"]) == [1] * 20 + [2]
    assert sum(len(one["overrides"]) for one in results["results"]) == 1
    jobs = [job for record in submissions["records"] for job in record["jobs"]]
    assert len(jobs) > 140
    assert all(job["acknowledged_at"] for job in jobs if job["state"] == "succeeded")
    assert sum(len(job["attempts"]) for job in jobs) > 120
    assert {job["headroom_seconds"] > 0 for job in jobs if "headroom_seconds" in job} == {True}
    duties = {duty["obligation_id"]: duty for duty in members["duties.json"]["duties"]}
    assert duties[told.waived]["waived_because"] == telling.WAIVE_REASON
    decided = {(one["action"], one["role"], one["reason"]) for one in members["decisions.json"]["decisions"]}
    assert decided >= {
        ("enrolment.registered", "admin", telling.OVERRIDE_REASON),
        ("attendance.corrected", "ops", telling.LATE_REASON),
        ("attendance.voided", "ops", telling.VOID_REASON),
        ("assessment.rule_overridden", "admin", telling.RULE_REASON),
        ("assessment.amended", "admin", telling.AMEND_REASON),
        ("obligation.waived", "admin", telling.WAIVE_REASON),
    }
    [amended] = [one for one in members["decisions.json"]["decisions"] if one["action"] == "assessment.amended"]
    assert amended["asked_by"] != amended["by"]
    assert told.events.count("evidence.exported") == told.events.count("audit.attested") == 1


async def test_nothing_personal_stands_in_it(told: Told) -> None:
    """Nothing in it is compressed, so what is not among its bytes is not in it."""
    plain = ["Synthetic Trainer", "Synthetic Assessor", "S1234567D", "T0000001E", "ops@example.com", "1990-05-17"]
    plain += [*telling.MONEY, '"score":', '"grade":', '"result":', "@example.com"]
    for number in range(1, telling.SEATS + 1):
        wish = trainee_wish(number)
        plain += [wish["full_name"], wish["id_number"], wish["email"], wish["phone"]["number"]]
    found = [words for words in plain if words.encode() in told.pack]
    # in cents too, as a value of its own: by chance the digits stand in some digest or id
    cents = "|".join(amount.replace(".", "") for amount in telling.MONEY)
    found += re.findall(rf'[\s:\["]({cents})[\s,\]}}"]', told.pack.decode("latin-1"))
    assert found == []
    masked = members_of(told.pack)["index.html"].decode()
    assert "S****001B" in masked
    assert "S*** T*** 1***" in masked
    assert "<script" not in masked
    assert "http" not in masked


# ------------------------------------------------------------------------------------------------ what was changed


async def test_a_flipped_byte_anywhere_is_found_and_its_file_is_named(told: Told) -> None:
    """Bytes of every member, of every member of the audit pack inside, and of headers and directories."""
    chance = random.Random(SEED)
    members = members_of(told.pack)
    spots = [(name, told.pack.index(content) + chance.randrange(len(content))) for name, content in members.items()]
    inner_at = told.pack.index(members["audit.zip"])
    spots += [
        ("audit.zip", inner_at + members["audit.zip"].index(content) + chance.randrange(len(content)))
        for content in members_of(members["audit.zip"]).values()
    ]
    for name, at in spots:
        flipped = bytearray(told.pack)
        flipped[at] ^= 1 << chance.randrange(8)
        faults = verifier.check(bytes(flipped)).told()
        words = "attestation" if name == "attestation.json" else name.removesuffix(".json")
        assert any(words in fault for fault in faults), (name, at, faults[:3])


async def test_entries_taken_out_of_the_log_are_missed_by_what_is_stated(told: Told) -> None:
    """A log cut back to before the void, all signed anew: every proof holds, and the register tells of more."""
    members = members_of(told.pack)
    assert verifier.check(told.short_audit).told() == []
    faults = verifier.check(resigned({**members, "audit.zip": told.short_audit}, told.signer), told.key).told()
    wanted = f"register.json: attendance {told.voided}:"
    assert [fault for fault in faults if fault.startswith(wanted)]
    assert [fault for fault in faults if fault.startswith(f"register.json: mark {told.voided}: ")]
    # and one that lacks its last lines, with nothing else changed, has entries missing
    inner = members_of(members["audit.zip"])
    inner["entries.jsonl"] = b"\n".join(inner["entries.jsonl"].split(b"\n")[:-4]) + b"\n"
    cut = verifier.check(zipped({**members, "audit.zip": zipped(inner)})).told()
    assert cut[0].startswith("audit.zip: entry ")
    assert cut[0].endswith("it is missing")


def of(kind: str, *path: Any) -> Change:
    """Set what stands at the path (the last item is the value) in the first of a kind that has it."""
    *steps, value = path

    def change(document: dict[str, Any]) -> None:
        for one in document[kind]:
            place: Any = one
            try:
                for step in steps[:-1]:
                    place = place[step]
                present = place[steps[-1]]
            except (KeyError, IndexError):
                continue
            if present != value:
                place[steps[-1]] = value
                return
        raise AssertionError("nothing there to change")

    return change


def without(kind: str, *path: Any) -> Change:
    """Leave one thing out."""

    def change(document: dict[str, Any]) -> None:
        for one in document[kind]:
            place: Any = one
            for step in path:
                place = place.get(step, []) if isinstance(step, str) else place
            if not path:
                document[kind].remove(one)
                return
            if place:
                place.pop()
                return
        raise AssertionError("nothing there to leave out")

    return change


def fact(name: str, value: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["fact"][name] = value

    return change


NO, EARLIER = False, "2026-03-01T00:00:00Z"
LIES = [
    ("run.json", fact("status", "closed"), "the run: its status is stated as 'closed' and told as 'ended'"),
    ("enrolments.json", of("places", "fact", "fee_status", "pending"), "its fee_status is stated as 'pending'"),
    ("enrolments.json", of("places", "fact", "remote_id", "ENR-0000-000000"), "its remote_id is stated"),
    ("enrolments.json", of("places", "fundable", NO), "its fundable is stated as False and told as True"),
    ("register.json", of("marks", "fact", "state", "absent"), "its state is stated as 'absent'"),
    ("register.json", of("marks", "revisions", 0, "state", "absent"), "change 1: its state is stated as 'absent'"),
    ("register.json", of("marks", "revisions", 0, "actor_id", "somebody"), "its actor_id is stated as 'somebody'"),
    ("register.json", of("marks", "revisions", 0, "recorded_at", EARLIER), "of another time"),
    ("register.json", of("marks", "revisions", 1, "reason", "no reason"), "its reason is stated as 'no reason'"),
    ("register.json", without("marks", "revisions"), "changes are stated, "),
    ("register.json", of("sheets", "state", "open"), "it is stated as open"),
    ("register.json", of("sheets", "locked_by", "somebody"), "who locked it"),
    ("register.json", of("rates", "credited_minutes", 1), "its credited_minutes is stated as 1"),
    ("results.json", of("results", "fact", "passed", NO), "its passed is stated as False and told as True"),
    ("results.json", of("results", "revisions", 0, "made_by", "somebody"), "its made_by is stated as 'somebody'"),
    ("results.json", of("results", "overrides", 0, "reason", "no reason"), "min_attendance was set aside is not told"),
    ("results.json", of("results", "proposals", 0, "proposed_by", "somebody"), "asked for is not told so"),
    ("results.json", of("results", "proposals", 0, "decided_by", "somebody"), "somebody decided it is not told"),
    ("results.json", of("outcomes", "passed", NO), "passed is not what was told"),
    ("results.json", of("certificates", "status", "revoked"), "it is stated as revoked, not so told"),
    ("submissions.json", of("records", "jobs", 0, "state", "rejected"), "no entry tells sync.rejected"),
    ("submissions.json", of("records", "jobs", 0, "remote_ref", "elsewhere"), "reference is stated as elsewhere"),
    ("submissions.json", of("records", "jobs", 0, "acknowledged_at", EARLIER), "not stated as acknowledged"),
    ("submissions.json", of("records", "jobs", 0, "headroom_seconds", 1), "its headroom is not the time"),
    ("submissions.json", of("records", "jobs", 0, "told", 0, "action", "sync.rejected"), "tells sync."),
    ("submissions.json", of("records", "remote_id", "elsewhere"), "no entry tells that TPGateway calls it elsewhere"),
    ("submissions.json", without("records", "jobs"), "and it is not stated"),
    ("duties.json", of("duties", "level", "amber"), "it is stated as amber"),
    ("duties.json", of("duties", "waived_by", "somebody"), "that it was waived is not told so"),
    ("duties.json", of("duties", "met_by", "seq", 1), "entry 1 is not the fact that met it"),
    ("decisions.json", without("decisions"), "is a person's decision and not stated"),
    ("decisions.json", of("decisions", "reason", "no reason"), "its reason is stated as 'no reason'"),
    ("decisions.json", of("decisions", "asked_by", "somebody"), "that somebody asked for it is not told"),
]


@pytest.mark.parametrize(("member", "change", "words"), LIES, ids=[f"{one[0]} {one[2]}" for one in LIES])
async def test_what_is_stated_otherwise_than_it_is_told_is_named(
    told: Told, member: str, change: Change, words: str
) -> None:
    """By somebody who can sign: every digest and every signature holds."""
    lie = lying(told.pack, told.signer, member, change)
    faults = verifier.check(lie, told.key).told()
    assert faults
    assert all(fault.startswith(f"{member}: ") for fault in faults), faults[:5]
    assert any(words in fault for fault in faults), faults[:5]


async def test_a_pack_made_anew_and_unchanged_holds(told: Told) -> None:
    """So the lies above are found for what they say."""
    assert verifier.check(lying(told.pack, told.signer, "run.json", fact("status", "ended")), told.key).told() == []
