"""tpg-sync: brings to TPGateway what must be there, exactly once, in order, before its deadline."""

from pathlib import Path

from libs.chassis.rewrapping import rewrap_data_keys
from libs.chassis.service import Service
from services.tpg_sync import api
from services.tpg_sync.api import compliance, discrepancies, dues, evidence, forecasts, reconciliations, timeline
from services.tpg_sync.engine.calendar import keep_calendar_of_duties
from services.tpg_sync.engine.engine import submit_to_tpgateway
from services.tpg_sync.engine.reconciling.reconciler import reconcile_with_tpgateway
from services.tpg_sync.engine.resealing import seal_old_payloads
from services.tpg_sync.handlers import handlers
from services.tpg_sync.models import Model
from services.tpg_sync.settings import SyncSettings

tpg_sync = Service(
    name="tpg_sync",
    settings=SyncSettings,
    metadata=Model.metadata,
    migrations=Path(__file__).parent / "migrations",
    routers=[
        api.router,
        timeline.router,
        reconciliations.router,
        discrepancies.router,
        compliance.router,
        evidence.router,
        dues.router,
        forecasts.router,
    ],
    handlers=handlers,
    duties=[
        submit_to_tpgateway,
        reconcile_with_tpgateway,
        keep_calendar_of_duties,
        seal_old_payloads,
        rewrap_data_keys,
    ],
)

if __name__ == "__main__":
    tpg_sync.run()
