"""Spreadsheets of people: sent, judged, looked at, taken, and given back where they were not."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from libs.access.permissions import Permission
from libs.access.principal import Principal
from libs.contracts.enrolment import EnrolmentsExported
from libs.errors import FieldError
from libs.privacy.mask import ERASED
from libs.tabular.reading import Row
from libs.tabular.writing import MEDIA_TYPE, refused, written
from libs.web.body import MIB, accepts_up_to
from libs.web.etag import IfMatch, etag
from libs.web.guard import allow
from libs.web.idempotency import without_idempotency
from libs.web.paging import Page, PageQuery, page
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.enrolment.api.doors import VaultOfService
from services.enrolment.commands.importing import receiving, sheet
from services.enrolment.models.batch import Batch, BatchRow, Verdict
from services.enrolment.queries.batches import list_batches, list_rows, row_view, rows_left_out, view_of
from services.enrolment.schemas.batch import BatchView, CommitWish, RowView

router = Router(prefix="/api/v1/enrolments", tags=["imports"])
Importer = Annotated[Principal, allow(Permission.ENROLMENTS_IMPORT)]
CSV_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
EXAMPLE = (
    "Synthetic Trainee 1", "NRIC", "S9000001B", "1990-05-17", "trainee1@example.com", "91234567",
    "INDIVIDUAL", "", "500.00", "250.00", "", "",
)  # fmt: skip


@router.get("/import/template")
async def get_template(caller: Importer) -> Response:  # noqa: ARG001 - who may import may see the form
    """The columns we read, with one synthetic row."""
    content = b"".join(written([column.name for column in sheet.COLUMNS], [EXAMPLE]))
    return Response(content, media_type=MEDIA_TYPE, headers=_as_file("enrolments-template.csv"))


@router.post("/import", status_code=201, openapi_extra=CSV_BODY)
@accepts_up_to(10 * MIB)
@without_idempotency("the file's own digest is its key")
async def send_file(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - opens the door
    vault: VaultOfService,
    request: Request,
    response: Response,
    run_id: Annotated[UUID | None, Query(description="The run of rows that name none.")] = None,
) -> BatchView:
    """Send a CSV file to be judged; nothing is enrolled yet. Sent again, it answers 200 with what it was."""
    batch, new = await receiving.receive(uow, await request.body(), run_id, vault)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/api/v1/enrolments/imports/{batch.id}"
    return await _shown(uow, batch, response)


@router.get("/imports")
async def list_files(uow: Uow, caller: Importer, paging: PageQuery) -> Page[BatchView]:  # noqa: ARG001 - opens the door
    """Files, newest first."""
    found = await list_batches(uow, after=paging.after_uuid(), limit=paging.limit + 1)
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
    rows = await list_rows(uow, import_id, verdicts=verdict, after=paging.after_int(), limit=paging.limit + 1)
    return page([row_view(row) for row in rows], paging.limit, key=lambda view: view.number)


@router.post("/imports/{import_id}/commit", status_code=202)
async def commit_file(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - as above
    import_id: UUID,
    version: IfMatch,
    response: Response,
    wish: CommitWish | None = None,
) -> BatchView:
    """Take the rows in the file's order on the caller's behalf; the worker does it, and the file shows progress."""
    batch = await receiving.order_commit(uow, import_id, wish or CommitWish(), version=version)
    return await _shown(uow, batch, response)


@router.post("/imports/{import_id}/left-out")
@without_idempotency("its answer holds people's data as it was sent")
async def take_back_rows(
    uow: Uow,
    caller: Importer,  # noqa: ARG001 - as above
    vault: VaultOfService,
    import_id: UUID,
) -> Response:
    """The rows that were not taken, as they came, each with its reason; who took them is on record.

    A month after the file was last worked on they are gone: 410 `erased`.
    """
    batch = await uow.get(Batch, import_id)
    batch.require_kept()
    await vault.hold([import_id])
    rows = [(_as_it_came(row, batch, vault), _findings(row)) async for row in rows_left_out(uow, import_id)]
    uow.emit(EnrolmentsExported(export_id=uow.new_id(), rows=len(rows)))
    content = b"".join(refused(batch.header, rows))
    headers = {**_as_file("left-out.csv"), "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _as_it_came(row: BatchRow, batch: Batch, vault: VaultOfService) -> Row:
    """With its cells; in those of somebody who is erased it says so."""
    cells = [ERASED] * len(batch.header) if row.cells_sealed is None else sheet.cells_of(row, vault)
    return Row(row.number, {}, (), cells)


def _findings(row: BatchRow) -> list[FieldError]:
    return [FieldError(**finding) for finding in row.findings]


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def _shown(uow: Uow, batch: Batch, response: Response) -> BatchView:
    await uow.session.flush()
    etag(response, batch.version)
    return await view_of(uow, batch)
