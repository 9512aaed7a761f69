"""Consents: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import IdentityService, Keys
from ..errors.consents import ConsentInstitutionUnknown, ConsentNotFound, ConsentTermUnfit
from ..errors.requests import HolderTooYoung, HolderUnknown, MotiveUnknown
from ..operations import consents as operations
from ..operations.issuing import WRITE
from ..schemas.consents import ConsentView, GiveConsent
from .requests import READ

router = Router(prefix="/criminal-record/v1", tags=["extracts"])

_Id = Annotated[schemas.Id, Path(description="The consent's identifier.")]


@router.post(
    "/consents",
    status_code=201,
    summary="Let an institution ask for your extract",
    **policy.operation(
        WRITE,
        assurance=Assurance.SUBSTANTIAL,
        raises=(HolderUnknown, HolderTooYoung, ConsentInstitutionUnknown, MotiveUnknown, ConsentTermUnfit),
    ),
)
async def give_extract_consent(
    body: GiveConsent,
    person: policy.Person,
    session: Session,
    keys: Keys,
    identity: IdentityService,
    now: Now,
    response: Response,
) -> ConsentView:
    """Let one institution ask for the extract of your criminal record, for one motive, until a day.

    It takes the place of what you let the same institution ask for the same motive before. You can take
    it back at any moment, and are told of each extract that is given.
    """
    given = await operations.give_consent(
        session,
        keys,
        identity,
        person.person_id,
        institution_id=body.institution_id,
        motive=body.motive,
        valid_until=body.valid_until,
        now=now,
    )
    response.headers["location"] = f"{router.prefix}/consents/{given.consent.id}"
    return ConsentView.of(given, now)


@router.get(
    "/consents",
    summary="List your consents",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL),
)
async def list_extract_consents(
    asked: paging.Asked, person: policy.Person, session: Session, now: Now
) -> paging.Page[ConsentView]:
    """Whom you have let ask for your extract, newest first; also what has ended."""
    found = await operations.list_consents(
        session, person.person_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(
        found,
        position=lambda given: (given.consent.id,),
        view=lambda given: ConsentView.of(given, now),
    )


@router.get(
    "/consents/{consent_id}",
    summary="Read a consent",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, raises=(ConsentNotFound,)),
)
async def get_extract_consent(
    consent_id: _Id, person: policy.Person, session: Session, now: Now
) -> ConsentView:
    """A consent that you have given. Another's is not found, as if it did not exist."""
    return ConsentView.of(await operations.read_consent(session, person.person_id, consent_id), now)


@router.post(
    "/consents/{consent_id}/revoke",
    summary="Take a consent back",
    **policy.operation(WRITE, assurance=Assurance.SUBSTANTIAL, raises=(ConsentNotFound,)),
)
async def revoke_extract_consent(
    consent_id: _Id, person: policy.Person, session: Session, now: Now
) -> ConsentView:
    """From this moment on the institution is given nothing more; what it was given stays with it.

    A consent that has ended already stays as it is.
    """
    return ConsentView.of(await operations.revoke_consent(session, person.person_id, consent_id, now), now)
