"""Registers of an institution, for its registrars and heads: HTTP and nothing else."""

from typing import Annotated, Any, Final

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Pressing, of_registers
from ..errors.documents import DocumentStoreAway, SealNotInForce
from ..errors.registers import EntryNotFound, EntryStands, EntryStruckAlready, ExtractEmpty
from ..operations import registers as operations
from ..schemas.registers import EntryView, StrikeEntry

_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_FILE: Final = {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
_TEXT: Final = {"schema": {"type": "string"}, "example": "institution_id,year,number,direction\r\n"}

router = Router(prefix="/petitions/v1/registers/{year}", tags=["registers"])

Year = Annotated[
    int,
    Path(
        ge=2000,
        le=2999,
        description="The year of the register.",
        examples=[2026],
        json_schema_extra={"format": "int32"},
    ),
]


def _number(description: str) -> Any:
    return Query(
        ge=1,
        le=2**31 - 1,
        description=description,
        examples=[1],
        json_schema_extra={"format": "int32"},
    )


def _with(described: dict[str, Any], description: str, **content: Any) -> dict[str, Any]:
    answer = {"description": description, "content": content}
    return described | {"responses": described["responses"] | {200: answer}, "response_class": Response}


@router.get("/entries", summary="List the lines of your register", **of_registers())
async def list_register_entries(
    year: Year, asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[EntryView]:
    """The register of your institution in the order of its numbers: in, out and within together.

    Each line is chained to the one before: `entry_sha256` is the SHA-256 of that one's, 32 bytes (zeros
    before number 1), and of the line's canonical JSON (RFC 8785).
    """
    found = await operations.list_entries(
        session, official, year, after=asked.after(int) or 0, limit=asked.rows
    )
    return asked.page(found, position=lambda shown: (shown.entry.number,), view=EntryView.of)


@router.post(
    "/entries/{number}/strike",
    status_code=201,
    summary="Strike a number of your register",
    **of_registers(EntryNotFound, EntryStruckAlready, EntryStands),
)
async def strike_register_entry(
    year: Year,
    number: Annotated[
        int,
        Path(
            ge=1,
            le=2**31 - 1,
            description="The number to be struck.",
            examples=[123],
            json_schema_extra={"format": "int32"},
        ),
    ],
    body: StrikeEntry,
    official: policy.Acting,
    session: Session,
    now: Now,
) -> EntryView:
    """Strike what was entered by mistake: a further line says so, and nothing is deleted or given again.

    Only what came in is struck, and only when its file has ended: a term that runs cannot be hidden so.
    """
    return EntryView.of(await operations.strike(session, official, year, number, body.reason, now))


@router.get(
    "/csv",
    summary="Export your register",
    **_with(of_registers(), "The register as CSV", **{"text/csv": _TEXT}),
)
async def export_register(year: Year, official: policy.Acting, request: Request) -> Response:
    """The whole register of a year as CSV (RFC 4180), which can be verified without the hub.

    It holds the chain, and no name and no words of anybody.
    """
    sessions = request.app.state.hub.database.sessions
    name = f'attachment; filename="register-{year}.csv"'
    return StreamingResponse(
        operations.export(sessions, official, year),
        media_type="text/csv; charset=utf-8; header=present",
        headers=_HEADERS | {"content-disposition": name},
    )


@router.get(
    "/pdf",
    summary="Print a part of your register, sealed",
    **_with(
        of_registers(ExtractEmpty, SealNotInForce, DocumentStoreAway),
        "The sealed PDF",
        **{"application/pdf": _FILE},
    ),
)
async def get_register_extract(
    year: Year,
    official: policy.Acting,
    press: Pressing,
    session: Session,
    now: Now,
    first: Annotated[int, _number("The first number.")] = 1,
    last: Annotated[int, _number("The last number; at most 2,000 lines are printed.")] = operations.MOST,
) -> Response:
    """Lines of the register as a sealed PDF, with the links before the first and of the last."""
    content = await operations.extract(session, press, official, year, first, last, now)
    return Response(content, media_type="application/pdf", headers=_HEADERS)
