"""What a killed simulator knows when it comes back."""

from pathlib import Path

import httpx
import pytest
import yaml
from pydantic import ValidationError

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.samples import MONDAY, OWN, new_trainer, synthetic_run, synthetic_seed
from infra.tpg_simulator.seed import Seed, load_seed
from infra.tpg_simulator.shelf import SqliteShelf
from infra.tpg_simulator.world import World

EXAMPLE = Path(__file__).parents[1] / "seed.example.yaml"


def open_world(path: Path, seed: Seed | None = None) -> World:
    return World(seed or synthetic_seed(), shelf=SqliteShelf(path))


def drive(world: World) -> Driver:
    transport = httpx.ASGITransport(Simulator(world))
    return Driver(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"), world)


async def test_runs_trainers_counts_switches_and_clock_come_back(tmp_path: Path) -> None:
    before = open_world(tmp_path / "state.sqlite")
    before.keep_clock(before.clock.set(MONDAY, frozen=True))
    gateway = drive(before)
    kept = await gateway.published(linkCourseRunTrainer=[new_trainer(inTrainingProviderProfile=True)])
    gone = await gateway.published(scheduleInfo="another")
    await gateway.delete(gone)
    gateway.switch("duplicates.run", "allow")

    after = open_world(tmp_path / "state.sqlite")  # the first is never closed, as after a kill
    gateway = drive(after)
    assert after.store.runs == before.store.runs
    assert after.find_profile_trainer(OWN, "g7654321q ") is not None
    assert after.store.counts["runs_created"] == 2
    assert after.switches.duplicates_run == "allow"
    assert after.clock.now() == MONDAY
    assert await gateway.published() == gone + 1
    assert [run.run_id for run in after.store.runs.values() if not run.deleted] == [kept, gone + 1]


async def test_what_is_known_of_people_comes_back(tmp_path: Path) -> None:
    before = open_world(tmp_path / "state.sqlite")
    before.keep_clock(before.clock.set(MONDAY, frozen=True))
    gateway = drive(before)
    run_id = await gateway.published()
    for number in range(12):
        await gateway.enrolled(run_id, id=f"P-{number}", idType={"type": "OTHERS"})
    await gateway.cancel_enrolment(await gateway.enrolled(run_id))
    await gateway.enrolled(run_id)
    await gateway.uploaded(run_id)
    await gateway.void_assessment(await gateway.assessed(run_id))

    after = open_world(tmp_path / "state.sqlite")  # the first is never closed, as after a kill
    gateway = drive(after)
    for ledger in ("enrolments", "attendance", "assessments"):
        assert getattr(after.store, ledger).records == getattr(before.store, ledger).records
    assert after.store.counts["enrolments_created"] == 14
    assert (await gateway.viewed(run_id))["attendanceTaken"] is True
    assert await gateway.enrolled(run_id, id="P-77") == "ENR-2603-000015"
    assert await gateway.assessed(run_id) == "ASM-2603-000002"
    gateway.switch("duplicates.enrolment", "refuse")
    gateway.switch("duplicates.attendance", "refuse")
    assert [(await gateway.enrol(run_id)).status_code, (await gateway.upload(run_id)).status_code] == [400, 400]


async def test_a_duplicate_is_still_known_after_a_restart(tmp_path: Path) -> None:
    first = open_world(tmp_path / "state.sqlite")
    first.keep_clock(first.clock.set(MONDAY, frozen=True))
    await drive(first).published()
    second = open_world(tmp_path / "state.sqlite")
    assert (await drive(second).publish(synthetic_run())).status_code == 400


async def test_a_reset_forgets_runs_for_good(tmp_path: Path) -> None:
    world = open_world(tmp_path / "state.sqlite")
    world.keep_clock(world.clock.set(MONDAY, frozen=True))
    gateway = drive(world)
    await gateway.enrolled(await gateway.published())
    await gateway.http.delete("/_control/state")
    store = open_world(tmp_path / "state.sqlite").store
    assert (store.runs, store.enrolments.records) == ({}, {})


def test_secrets_made_for_lack_of_given_ones_are_kept(tmp_path: Path) -> None:
    seed = load_seed(EXAMPLE)
    first, second = open_world(tmp_path / "state.sqlite", seed), open_world(tmp_path / "state.sqlite", seed)
    other = World(seed)
    assert first.encryption_key == second.encryption_key != other.encryption_key
    assert first.client_secrets == second.client_secrets != other.client_secrets


def test_a_key_given_from_outside_wins(tmp_path: Path) -> None:
    world = World(load_seed(EXAMPLE), encryption_key=World(load_seed(EXAMPLE)).encryption_key)
    assert world.key_was_given
    with pytest.raises(ValueError, match="encryption key"):
        World(load_seed(EXAMPLE), encryption_key="c2hvcnQ=")


async def test_what_the_shelf_refuses_is_not_accepted(tmp_path: Path) -> None:
    world = open_world(tmp_path / "state.sqlite")
    world.clock.set(MONDAY, frozen=True)
    world.store.close()
    assert (await drive(world).publish(synthetic_run())).status_code == 500
    assert world.store.runs == {}


def test_the_state_file_is_for_its_owner_only(tmp_path: Path) -> None:
    open_world(tmp_path / "deep" / "state.sqlite")
    assert (tmp_path / "deep" / "state.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_seed_names_only_providers_it_lists(tmp_path: Path) -> None:
    seed = yaml.safe_load(EXAMPLE.read_text())
    seed["courses"][0]["provider"] = "999999999X"
    path = tmp_path / "seed.yaml"
    path.write_text(yaml.safe_dump(seed))
    with pytest.raises(ValidationError, match="999999999X"):
        load_seed(path)
