"""After a restore every service begins a new epoch: as its worker, and nothing else."""

import pytest

from infra.k8s import policies, schemas
from infra.k8s.epochs import epoch_jobs
from infra.k8s.rendering import containers_of, of_kind, overlays, pod_of
from infra.k8s.tests.conftest import Rendered


@pytest.mark.parametrize("overlay", overlays())
def test_every_service_has_one_and_it_may_what_its_worker_may(overlay: str, request: pytest.FixtureRequest) -> None:
    things: Rendered = request.getfixturevalue(overlay)
    jobs = epoch_jobs(things)
    migrated = {job["metadata"]["name"].partition("-migrate")[0] for job in of_kind(things, "Job")}
    assert {job["metadata"]["name"].removesuffix("-new-epoch") for job in jobs} == migrated
    for job in jobs:
        worker = things.one(f"Deployment/{job['metadata']['name'].replace('-new-epoch', '-worker')}")
        assert pod_of(job)["metadata"]["labels"] == pod_of(worker)["metadata"]["labels"], "the network lets it through"
        [told], [before] = ([one["command"] for one in containers_of(each)[-1:]] for each in (job, worker))
        assert (told[:-1], told[-1], before[-1]) == (before[:-1], "new-epoch", "worker")
    assert [mistake for job in jobs for mistake in schemas.mistakes(job)] == []
    assert policies.breaches([*things, *jobs]) == policies.breaches(things)
