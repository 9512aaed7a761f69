"""Petitions of the person who is signed in, or of whom they represent."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..domain import petitions as domain
from ..errors.attachments import AttachmentUnknown, TooManyAttachments
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown, PetitionNotFound
from ..errors.special_procedures import SpecialProcedureApplies
from ..operations import petitions as operations
from ..schemas.petitions import FilePetition, Kind, PetitionSummaryView, PetitionView

READ: Final = "petitions:read"
WRITE: Final = "petitions:write"
SCOPES: Final = {
    READ: "Read the petitions you have filed",
    WRITE: "File petitions in your name",
}

router = Router(prefix="/petitions/v1", tags=["petitions"])


@router.post(
    "/petitions",
    status_code=201,
    summary="File a petition",
    **policy.operation(
        WRITE,
        mandate=True,
        raises=(
            SpecialProcedureApplies,
            InstitutionUnknown,
            InstitutionAcceptsNoPetitions,
            TooManyAttachments,
            AttachmentUnknown,
        ),
    ),
)
async def file_petition(
    body: FilePetition, person: policy.Person, session: Session, now: Now, response: Response
) -> PetitionView:
    """File a petition addressed to an institution, in the name of the signed-in person.

    With a token under a mandate it is filed in the principal's name; the petition names both.
    The answer carries the number under which the petition stands in the institution's register of
    the year and the day by which it is to be answered. It is registered at once, at any hour.
    """
    petition = await operations.file_petition(session, body.submission(), person, now)
    response.headers["location"] = f"{router.prefix}/petitions/{petition.id}"
    response.headers["etag"] = _etag(petition)
    return PetitionView.of(petition)


@router.get("/petitions", summary="List your petitions", **policy.operation(READ, mandate=True))
async def list_petitions(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
    institution_id: Annotated[
        schemas.Id | None, Query(description="Only petitions addressed to this institution.")
    ] = None,
    kind: Annotated[Kind | None, Query(description="Only petitions of this kind.")] = None,
) -> paging.Page[PetitionSummaryView]:
    """The petitions in your name, newest first, without their texts; filed by you, for you or together.

    Those of others that you have signed say so, until you withdraw your signature.
    """
    petitions = await operations.list_petitions(
        session,
        person,
        now,
        institution_id=institution_id,
        kind=kind,
        before=asked.after(UUID),
        limit=asked.rows,
    )
    return asked.page(
        petitions,
        position=lambda petition: (petition.id,),
        view=PetitionSummaryView.of,
    )


@router.get(
    "/petitions/{petition_id}",
    summary="Read a petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def get_petition(
    petition_id: Annotated[schemas.Id, Path(description="The petition's identifier.")],
    person: policy.Person,
    session: Session,
    response: Response,
    now: Now,
) -> PetitionView:
    """A petition in your name, filed by you or for you. Another's is not found, as if it did not exist."""
    petition = await operations.read_petition(session, petition_id, person, now)
    response.headers["etag"] = _etag(petition)
    return PetitionView.of(petition)


def _etag(petition: domain.Petition) -> str:
    """The petition's version, and that of the institution's names it is shown with."""
    return f'"{petition.version}.{petition.institution.version}"'
