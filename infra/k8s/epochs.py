"""The Jobs that come after a restore from a backup: every service begins a new epoch, by its own program."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Final

from infra.k8s.rendering import Thing, of_kind

OF_SERVING: Final = ("ports", "startupProbe", "livenessProbe", "readinessProbe", "lifecycle")
PLACED: Final = "topologySpreadConstraints"
KEPT_S: Final = 86_400
TRIES: Final = 20


def epoch_jobs(things: Iterable[Thing]) -> list[Thing]:
    """One Job for each worker of an overlay: as that worker runs, with all that it may reach, and then it ends."""
    workers = [one for one in of_kind(things, "Deployment") if one["metadata"]["name"].endswith("-worker")]
    return [_job(worker) for worker in workers]


def _job(worker: Thing) -> Thing:
    metadata, template = worker["metadata"], deepcopy(worker["spec"]["template"])
    pod = template["spec"]
    pod.pop(PLACED, None)
    pod["restartPolicy"] = "OnFailure"
    [program] = pod["containers"]
    for part in OF_SERVING:
        program.pop(part, None)
    program["command"] = [*program["command"][:-1], "new-epoch"]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": metadata["name"].replace("-worker", "-new-epoch"),
            "namespace": metadata["namespace"],
            "labels": metadata["labels"],
        },
        "spec": {"backoffLimit": TRIES, "ttlSecondsAfterFinished": KEPT_S, "template": template},
    }
