"""Taking evidence out: of a run with nothing yet, by whom, and what if somebody whose part belongs in is away."""

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.audit_verifier import verify as verifier
from infra.audit_verifier.tests.resigning import members_of
from infra.audit_verifier.tests.story import Story, draft
from infra.audit_verifier.tests.town import Town, town_of
from libs.access.permissions import Role
from libs.contracts.evidence import Attestation, AttestationWish
from libs.testing.stage import MakeStage
from services.audit.commands.keys import rotate_key
from services.audit.tests.conftest import round_the_guards, run_sql
from services.tpg_sync.client.evidence import EvidenceDesk

pytestmark = pytest.mark.timeout(180)
FLIPS, SEED = 250, 20260302
EXPORTED = "evidence.exported"


async def take(story: Story, role: Role = Role.OPS, run_id: object = None, reason: str = "asked for") -> httpx.Response:
    client = await story.town.as_(role, "tpg-sync")
    path = f"/api/v1/compliance/evidence/{run_id or story.run_id}"
    return await client.post(path, json={"reason": reason})


async def told_of(town: Town, service: str) -> list[str]:
    return [envelope.event_type for envelope in await town.stages[service].told()]


async def test_a_run_with_nothing_yet_has_evidence_of_just_that(stage: MakeStage) -> None:
    async with town_of(stage) as town:
        story = await draft(town)
        # when it is asked for, again and again
        answers = [await take(story, role) for role in (Role.ADMIN, Role.OPS, Role.AUDITOR)]
        # then each is a pack of its own, whole, and on record with the digest of its manifest
        assert [answer.status_code for answer in answers] == [200] * 3
        for answer in answers:
            assert verifier.check(answer.content).told() == []
        assert (await told_of(town, "tpg-sync")).count(EXPORTED) == 3
        [last] = [each for each in await town.stages["tpg-sync"].told() if each.event_type == EXPORTED][-1:]
        assert last.data["reason"] == "asked for"
        assert (last.actorrole, last.data["people"], last.data["entries"]) == ("auditor", 0, 1)
        page = members_of(answers[0].content)["index.html"].decode()
        for words in (
            "No sheet was opened yet.",
            "Nobody was put down for this run yet.",
            "Nothing was owed to TPGateway",
        ):
            assert words in page
        # and nobody else gets one, nor anybody one of a run there is not, nor without a reason that may be kept
        for role in (Role.TRAINER, Role.ASSESSOR, Role.FINANCE, Role.SRE, Role.SERVICE):
            assert (await take(story, role)).status_code == 403
        unknown = await take(story, run_id=uuid4())
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
        for reason in ("", "about S1234567D"):
            assert (await take(story, reason=reason)).status_code == 422
        assert (await told_of(town, "tpg-sync")).count(EXPORTED) == 3
        _flip_everywhere(answers[0].content)


def _flip_everywhere(pack: bytes) -> None:
    """Random bytes of the whole archive, and of all of it that is not the programs it carries."""
    chance = random.Random(SEED)
    programs = [at for at in range(len(pack)) if pack.startswith(b"# ----------", at)]
    small = [at for at in range(len(pack)) if not any(0 <= at - start < 4_000 for start in programs)]
    for at in {*chance.sample(small, FLIPS), *chance.sample(range(len(pack)), 30)}:
        flipped = bytearray(pack)
        flipped[at] ^= 1 << chance.randrange(8)
        assert verifier.check(bytes(flipped)).told() != [], f"byte {at}"


async def test_who_is_away_is_named_and_nothing_half_is_made(stage: MakeStage) -> None:
    async with town_of(stage) as town, httpx.AsyncClient(base_url="http://127.0.0.1:9") as nobody:
        story = await draft(town)
        peers: Any = town.stages["tpg-sync"].runtime.peers
        for away in ("course", "enrolment", "attendance", "assessment", "audit"):
            there, peers[away] = peers[away], nobody
            # when
            answer = await take(story)
            # then
            assert (answer.status_code, answer.json()["code"]) == (503, "evidence_owner_away")
            assert answer.json()["detail"].startswith(f"{away} cannot be asked")
            assert int(answer.headers["Retry-After"]) > 0
            assert EXPORTED not in await told_of(town, "tpg-sync")
            peers[away] = there
        # and it is had as soon as all are back
        assert (await take(story)).status_code == 200


async def test_what_audit_cannot_vouch_for_leaves_in_no_pack(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town_of(stage, evidence_wait=timedelta(seconds=1)) as town:
        story = await draft(town)
        # given a fact that audit has not heard yet
        path = f"/course-runs/{story.run_id}"
        await town.patch(Role.OPS, "course", path, {"schedule_info": "Mon-Tue 9am-6pm"})
        await town.ferry(but="audit")
        answer = await take(story)
        assert (answer.status_code, answer.json()["code"]) == (503, "evidence_not_on_record")
        assert f"1 of 2 facts about run {story.run_id}" in answer.json()["detail"]
        # when it has heard it, the pack is had
        await town.ferry()
        pack = await take(story)
        assert verifier.check(pack.content).told() == []
        # and a key that is replaced between the extract and the signature signs nothing
        attest = EvidenceDesk.attest

        async def late(desk: EvidenceDesk, wish: AttestationWish) -> Attestation:
            audit = town.stages["audit"]
            async with audit.units.begin() as unit:
                await rotate_key(unit, audit.runtime.vault, "synthetic")
            return await attest(desk, wish)

        monkeypatch.setattr(EvidenceDesk, "attest", late)
        answer = await take(story)
        assert (answer.status_code, answer.json()["code"]) == (503, "evidence_not_on_record")
        monkeypatch.undo()
        assert (await take(story)).status_code == 200
        # and a log that does not hold vouches for nothing: asking again does not help
        await town.patch(Role.OPS, "course", path, {"schedule_info": "Mon-Tue 9am-7pm"})
        await town.ferry()
        told = await told_of(town, "tpg-sync")
        forged = "update audit.entry set hash = sha256('forged') where seq = (select max(seq) from audit.entry)"
        await run_sql(town.stages["audit"], *round_the_guards(), forged)
        broken = await take(story)
        assert (broken.status_code, broken.json()["code"]) == (409, "evidence_refused")
        assert "audit does not vouch" in broken.json()["detail"]
        assert await told_of(town, "tpg-sync") == told
