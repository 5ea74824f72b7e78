"""Spreadsheets of attendance: sent, judged, looked at, taken, and given back where they were not."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from libs.contracts.attendance import AttendanceExported
from libs.imports.answers import CSV_BODY, left_out, template
from libs.imports.files import list_batches, list_rows
from libs.privacy.personal import PersonalVault
from libs.web.body import MIB, accepts_up_to
from libs.web.etag import IfMatch, etag
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.attendance.api.doors import Importer, RuntimeOfService, may_correct
from services.attendance.commands import importing
from services.attendance.models.batch import Batch, BatchRow, Verdict
from services.attendance.models.model import SCHEMA
from services.attendance.queries.batches import row_view, rows_left_out, view_of
from services.attendance.schemas.batch import BatchView, CommitWish, RowView
from services.attendance.schemas.words import Evidence

router = Router(prefix="/api/v1/attendance", tags=["imports"])
EXAMPLE = ("", "1", "ENR-2603-000123", "", "present", "", "", "FORM-0001")


@router.get("/import/template")
async def get_template(caller: Importer) -> Response:  # noqa: ARG001 - who may import may see the form
    """The columns we read, with one synthetic row."""
    return template(importing.COLUMNS, EXAMPLE, name="attendance-template.csv")


@router.post("/import", status_code=201, openapi_extra=CSV_BODY)
@accepts_up_to(10 * MIB)
@without_idempotency("the file's own digest is its key")
async def send_file(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - opens the door
    runtime: RuntimeOfService,
    request: Request,
    response: Response,
    run_id: Annotated[UUID | None, Query(description="The run of rows that name none.")] = None,
    evidence: Annotated[Evidence | None, Query()] = None,
) -> BatchView:
    """Send a CSV file to be judged; nothing is marked yet. Sent again, it answers 200 with what it was."""
    batch, new = await importing.receive(uow, await request.body(), run_id, evidence, _vault(runtime, uow))
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/api/v1/attendance/imports/{batch.id}"
    return await _shown(uow, batch, response)


@router.get("/imports")
async def list_files(uow: Uow, caller: Importer, paging: PageQuery) -> Page[BatchView]:  # noqa: ARG001 - opens the door
    """Files, newest first."""
    found = await list_batches(uow, Batch, after=paging.after_uuid(), limit=paging.limit + 1)
    return page([await view_of(uow, batch) for batch in found], paging.limit, key=lambda view: view.id)


@router.get("/imports/{import_id}")
async def get_file(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - as above
    import_id: UUID,
    response: Response,
) -> BatchView:
    """A file with its progress."""
    return await _shown(uow, await uow.get(Batch, import_id), response)


@router.get("/imports/{import_id}/rows")
async def get_rows(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - as above
    import_id: UUID,
    paging: PageQuery,
    verdict: Annotated[list[Verdict], Query()] = [],  # noqa: B006 - FastAPI copies it for each request
) -> Page[RowView]:
    """What is thought and done of each row, in the file's order."""
    await uow.get(Batch, import_id)
    rows = await list_rows(uow, BatchRow, import_id, verdicts=verdict, after=paging.after_int(), limit=paging.limit + 1)
    return page([row_view(row) for row in rows], paging.limit, key=lambda view: view.number)


@router.post("/imports/{import_id}/commit", status_code=202)
async def commit_file(
    uow: Uow,
    caller: Importer,
    import_id: UUID,
    version: IfMatch,
    response: Response,
    wish: CommitWish | None = None,
) -> BatchView:
    """Take the rows in the file's order on the caller's behalf; the worker does it, and the file shows progress."""
    order = wish or CommitWish()
    batch = await importing.order_commit(uow, import_id, order, version=version, may_correct=may_correct(caller))
    return await _shown(uow, batch, response)


@router.post("/imports/{import_id}/left-out")
@without_idempotency("its answer holds people's data as it was sent")
async def take_back_rows(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - as above
    runtime: RuntimeOfService,
    import_id: UUID,
) -> Response:
    """The rows that were not taken, as they came, each with its reason; who took them is on record.

    A month after the file was last worked on they are gone: 410 `erased`.
    """
    batch, vault = await uow.get(Batch, import_id), _vault(runtime, uow)
    batch.require_kept()
    await vault.hold([import_id])
    rows = await rows_left_out(uow, import_id)
    uow.emit(AttendanceExported(export_id=uow.new_id(), rows=len(rows)))
    return left_out(batch, rows, vault)


def _vault(runtime: RuntimeOfService, uow: Uow) -> PersonalVault:
    return PersonalVault(runtime.vault, uow, SCHEMA)


async def _shown(uow: Uow, batch: Batch, response: Response) -> BatchView:
    await uow.session.flush()
    etag(response, batch.version)
    return await view_of(uow, batch)
