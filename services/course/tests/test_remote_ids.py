"""The names TPGateway gives a run and its sessions."""

from libs.contracts.tpg_sync import RemoteIds, SyncState
from services.course.tests.builders import published


def test_remote_ids_are_told_once() -> None:
    run = published(sessions=2)
    remote = RemoteIds(record="849900", parts={run.sessions[0].id: "TGS-2026000123-849900-S1"})

    first, again = run.synced(remote, SyncState.SYNCED), run.synced(remote, SyncState.SYNCED)

    assert first is not None
    assert (first.run.remote_id, first.run.sessions[0].remote_id) == ("849900", "TGS-2026000123-849900-S1")
    assert again is None
