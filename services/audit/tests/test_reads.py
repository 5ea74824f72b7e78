"""Who saw whom in a window of time, and whether so many were concerned that it must be notified."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.access.permissions import Role
from libs.contracts.attendance import SheetPrinted
from libs.contracts.course import TrainerRevealed
from libs.contracts.enrolment import EnrolmentsExported, TraineeChanged, TraineeLookedUp, TraineeRevealed
from libs.testing.stage import Stage
from services.audit.tests.conftest import Hear

URL = "/api/v1/audit/reads"
ANN, BEN = str(uuid4()), str(uuid4())


def hour(staged: Stage) -> dict[str, str]:
    now = staged.clock.now()
    return {"from_at": (now - timedelta(minutes=30)).isoformat(), "to_at": (now + timedelta(minutes=30)).isoformat()}


def revealed(trainee: UUID) -> TraineeRevealed:
    return TraineeRevealed(trainee_id=trainee, revision=1).because("synthetic")


async def ask(staged: Stage, path: str = "", role: Role = Role.AUDITOR, **params: str) -> Any:
    client = await staged.client(role, subject=UUID(ANN))
    answer = await client.get(f"{URL}{path}", params={**hour(staged), **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_actor_with_the_different_persons_they_saw(staged: Stage, hear: Hear) -> None:
    first, second, trainer = uuid4(), uuid4(), uuid4()
    for _ in range(2):
        await hear(actor_id=ANN, event=revealed(first))
    await hear(actor_id=ANN, event=TraineeLookedUp(trainee_id=second, revision=1))
    await hear(actor_id=BEN, event=revealed(first))
    await hear(actor_id=BEN, event=TrainerRevealed(trainer_id=trainer, revision=1).because("synthetic"))
    await hear(actor_id=BEN, event=TraineeChanged(trainee_id=second, revision=2))  # written, not read
    staged.clock.advance(timedelta(hours=2))
    await hear(actor_id=ANN, event=revealed(uuid4()))  # at another time
    staged.clock.advance(timedelta(hours=-2))

    told = await ask(staged)
    assert (told["reads"], told["persons"], told["persons_at_most"]) == (5, 3, 3)
    assert [(one["actor_id"], one["persons"], one["reads"]) for one in told["actors"]] == sorted(
        [(ANN, 2, 3), (BEN, 2, 2)]
    )
    assert {one["actor_id"]: one["actions"] for one in told["actors"]} == {
        ANN: ["trainee.looked_up", "trainee.revealed"],
        BEN: ["trainee.revealed", "trainer.revealed"],
    }
    assert (await ask(staged, actor_id=BEN))["persons"] == 2
    of_first = await ask(staged, subject_id=str(first))
    assert (of_first["reads"], of_first["persons"], len(of_first["actors"])) == (3, 1, 2)


async def test_the_persons_are_listed_exactly_and_in_pages(staged: Stage, hear: Hear) -> None:
    seen = sorted(uuid4() for _ in range(5))
    for trainee in [*seen, seen[0]]:
        await hear(actor_id=ANN, event=revealed(trainee))
    await hear(actor_id=BEN, event=revealed(seen[0]))

    listed: list[Any] = []
    page = await ask(staged, "/subjects", limit="2")
    listed += page["items"]
    while page["next_cursor"] is not None:
        page = await ask(staged, "/subjects", limit="2", cursor=page["next_cursor"])
        listed += page["items"]
    assert [one["subject_id"] for one in listed] == [str(trainee) for trainee in seen]
    assert (listed[0]["reads"], sorted(listed[0]["actors"])) == (3, sorted([ANN, BEN]))


async def test_the_test_of_five_hundred_says_yes_no_or_that_lists_leave_it_open(staged: Stage, hear: Hear) -> None:
    staged.runtime.settings.breach_threshold = 3
    for _ in range(2):
        await hear(actor_id=ANN, event=revealed(uuid4()))
    assert (await ask(staged))["reaches_threshold"] == "no"

    await hear(actor_id=ANN, event=EnrolmentsExported(export_id=uuid4(), rows=40).because("synthetic"))
    told = await ask(staged)
    assert (told["persons"], told["persons_at_most"], told["reaches_threshold"]) == (2, 42, "possibly")
    assert [(one["action"], one["rows"]) for one in told["bulk_reads"]] == [("enrolment_export.made", 40)]

    await hear(actor_id=ANN, event=SheetPrinted(print_id=uuid4(), session_id=uuid4(), sha256="0" * 64))
    assert (await ask(staged))["persons_at_most"] is None
    await hear(actor_id=ANN, event=revealed(uuid4()))
    assert (await ask(staged))["reaches_threshold"] == "yes"


async def test_who_may_not_read_all_of_the_log_learns_of_their_own_reads_only(staged: Stage, hear: Hear) -> None:
    await hear(actor_id=ANN, event=revealed(uuid4()))
    for _ in range(2):
        await hear(actor_id=BEN, event=revealed(uuid4()))
    assert (await ask(staged, role=Role.OPS))["persons"] == 1
    assert (await ask(staged, role=Role.OPS, actor_id=BEN))["persons"] == 0
    assert len((await ask(staged, "/subjects", role=Role.OPS))["items"]) == 1


async def test_a_window_without_length_or_zone_is_refused_with_the_field(staged: Stage) -> None:
    auditor = await staged.client(Role.AUDITOR)
    same = {"from_at": "2026-01-01T00:00:00Z", "to_at": "2026-01-01T00:00:00Z"}
    answer = await auditor.get(URL, params=same)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to_at")
    assert (await auditor.get(URL, params={**same, "to_at": "2026-01-02T00:00:00"})).status_code == 422
    assert (await auditor.get(URL)).status_code == 422
