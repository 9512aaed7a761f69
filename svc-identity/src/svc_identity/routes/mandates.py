"""The JSON API of acting for others: what both sides of a mandate see and do."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from hub_core.principal import Assurance
from hub_core.problem import FieldError
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import InvalidRequest, NotFound
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..domain.mandate_guard import Side, Wish
from ..domain.mandate_type import BY_EVIDENCE
from ..errors.decisions import RegisterUnavailable
from ..errors.mandates import (
    IdentityNotEstablished,
    MandateDates,
    MandateServices,
    MandateState,
    NotARepresentative,
    NotYourOwnMandate,
    OrganisationUnknown,
    RepresentationByLaw,
    WithoutFullCapacity,
    WrongOfferCode,
)
from ..operations import mandate_requests, representation
from ..schemas.accounts import shown_etag
from ..schemas.mandates import (
    AcceptOffer,
    AskForMandate,
    EndMandate,
    MandatesView,
    MandateView,
    OfferMandate,
    OfferView,
    OrganisationView,
    RepresentCompany,
)

SCOPES: Final = {
    scopes.MANDATES_READ: "See who acts for you and for whom you act",
    scopes.MANDATES_WRITE: "Give, accept, ask for and end mandates in your name",
}
_SUBSTANTIAL: Final = Assurance.SUBSTANTIAL

router = Router(prefix="/identity/v1", tags=["mandates"])

MandateId = Annotated[schemas.Id, Path(description="The mandate's identifier.")]
OrganisationId = Annotated[schemas.Id, Path(description="The organisation's identifier.")]


@router.get("/mandates", summary="List your mandates", **policy.operation(scopes.MANDATES_READ))
async def list_mandates(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
    side: Annotated[
        Side,
        Query(description="REPRESENTATIVE: for whom you act. PRINCIPAL: who acts for you."),
    ] = Side.REPRESENTATIVE,
) -> paging.Page[MandateView]:
    """For whom you act, or who acts for you, newest first; ended mandates too."""
    found = await representation.list_of(
        session, person.person_id, side, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(
        found,
        position=lambda shown: (shown.mandate.id,),
        view=partial(MandateView.of, now=now),
    )


@router.get(
    "/mandates/{mandate_id}",
    summary="See a mandate",
    **policy.operation(scopes.MANDATES_READ, raises=(NotFound,)),
)
async def get_mandate(
    mandate_id: MandateId,
    person: policy.Person,
    provider: Provider,
    session: Session,
    response: Response,
    now: Now,
) -> MandateView:
    """A mandate in which you are one of the two sides, with its version as ETag."""
    shown = await representation.read(session, provider, person.person_id, mandate_id, now)
    response.headers["etag"] = shown_etag(shown.mandate.version)
    return MandateView.of(shown, now)


@router.post(
    "/parental-mandates",
    summary="Act for your children",
    **policy.operation(
        scopes.MANDATES_WRITE,
        assurance=_SUBSTANTIAL,
        raises=(IdentityNotEstablished, WithoutFullCapacity, RegisterUnavailable),
    ),
)
async def register_children(
    person: policy.Person, provider: Provider, session: Session, now: Now
) -> MandatesView:
    """Have a mandate for each of your minor children, as the population register names them.

    They are in force at once and end by themselves when the child comes of age. Repeating it changes
    nothing but adds a child born since.
    """
    found = await representation.register_children(session, provider, person.person_id, now)
    return MandatesView(items=[MandateView.of(shown, now) for shown in found])


@router.post(
    "/company-mandates",
    status_code=201,
    summary="Act for a company that you represent",
    **policy.operation(
        scopes.MANDATES_WRITE,
        assurance=_SUBSTANTIAL,
        raises=(
            IdentityNotEstablished,
            NotARepresentative,
            WithoutFullCapacity,
            OrganisationUnknown,
            RegisterUnavailable,
        ),
    ),
)
async def register_company(
    body: RepresentCompany, person: policy.Person, provider: Provider, session: Session, now: Now
) -> MandateView:
    """Have the mandate of a legal representative, as the trade register names you today.

    The register is asked again while the mandate is used: who was replaced is refused.
    """
    shown = await representation.register_company(session, provider, person.person_id, body.cui, now)
    return MandateView.of(shown, now)


@router.post(
    "/mandate-offers",
    status_code=201,
    summary="Give a mandate",
    **policy.operation(
        scopes.MANDATES_WRITE,
        assurance=_SUBSTANTIAL,
        raises=(NotFound, IdentityNotEstablished, MandateServices, MandateDates),
    ),
)
async def offer_mandate(
    body: OfferMandate, person: policy.Person, provider: Provider, session: Session, now: Now
) -> OfferView:
    """Give a mandate, for yourself or for an organisation you represent by law.

    The answer holds a code. Give it to the one who will act: they accept with it, and nobody's account
    is looked up.
    """
    if body.type in BY_EVIDENCE and body.proof() is None:
        raise InvalidRequest(errors=[FieldError("/evidence_ref", "missing", "Field required")])
    offered = await representation.offer(
        session,
        provider,
        person.person_id,
        body.type,
        body.bounds(now),
        now,
        organisation_id=body.organisation_id,
        proof=body.proof() if body.type in BY_EVIDENCE else None,
    )
    return OfferView.of(offered, now)


@router.post(
    "/mandate-offers/accept",
    summary="Accept a mandate",
    **policy.operation(
        scopes.MANDATES_WRITE,
        assurance=_SUBSTANTIAL,
        raises=(
            IdentityNotEstablished,
            WithoutFullCapacity,
            NotYourOwnMandate,
            WrongOfferCode,
            RegisterUnavailable,
        ),
    ),
)
async def accept_mandate(
    body: AcceptOffer, person: policy.Person, provider: Provider, session: Session, now: Now
) -> MandateView:
    """Accept a mandate with the code that its giver was shown: from then on you may act.

    Where it comes from an act, an official looks at that first.
    """
    return MandateView.of(
        await representation.accept(session, provider, person.person_id, body.code, now), now
    )


@router.post(
    "/mandate-requests",
    status_code=201,
    summary="Ask for a mandate",
    **policy.operation(
        scopes.MANDATES_WRITE,
        assurance=_SUBSTANTIAL,
        raises=(IdentityNotEstablished, NotYourOwnMandate, MandateServices, MandateDates),
    ),
)
async def request_mandate(
    body: AskForMandate, person: policy.Person, provider: Provider, session: Session, now: Now
) -> MandateView:
    """Ask for a mandate that a court, a notary or a lawyer's contract gives.

    An official of the institution you name looks at the act and verifies or refuses it.
    """
    shown = await mandate_requests.ask(
        session,
        provider,
        person.person_id,
        body.type,
        body.principal_cnp,
        body.bounds(now),
        body.proof(),
        now,
    )
    return MandateView.of(shown, now)


_ENDING: Final = policy.operation(scopes.MANDATES_WRITE, raises=(NotFound, MandateState, RepresentationByLaw))


@router.post("/mandates/{mandate_id}/revoke", summary="Revoke or renounce a mandate", **_ENDING)
async def revoke_mandate(
    mandate_id: MandateId,
    body: EndMandate,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
) -> MandateView:
    """End a mandate at once, with every token under it: dismissed by the principal, or renounced.

    Parents, guardians and legal representatives are not dismissed here, but may renounce its use.
    """
    shown = await representation.finish(
        session, provider, person.person_id, mandate_id, Wish.REVOKE, body.reason, now
    )
    return MandateView.of(shown, now)


@router.post("/mandates/{mandate_id}/fulfil", summary="Say that a mandate is fulfilled", **_ENDING)
async def fulfil_mandate(
    mandate_id: MandateId,
    body: EndMandate,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
) -> MandateView:
    """End a mandate because what it was for is done."""
    shown = await representation.finish(
        session, provider, person.person_id, mandate_id, Wish.FULFIL, body.reason, now
    )
    return MandateView.of(shown, now)


@router.post("/mandates/{mandate_id}/withdraw", summary="Withdraw an offer or a request", **_ENDING)
async def withdraw_mandate(
    mandate_id: MandateId,
    body: EndMandate,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
) -> MandateView:
    """Take back what is not in force yet: an offer nobody accepted, a request nobody decided."""
    shown = await representation.finish(
        session, provider, person.person_id, mandate_id, Wish.WITHDRAW, body.reason, now
    )
    return MandateView.of(shown, now)


@router.get(
    "/organisations",
    summary="List the organisations you represent",
    **policy.operation(scopes.MANDATES_READ),
)
async def list_organisations(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[OrganisationView]:
    """The organisations whose legal representative you are, newest mandate first."""
    found = await representation.list_organisations(
        session, person.person_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(
        found,
        position=lambda one: (one[0],),
        view=lambda one: OrganisationView.of(one[1]),
    )


@router.get(
    "/organisations/{organisation_id}",
    summary="See an organisation you represent",
    **policy.operation(scopes.MANDATES_READ, raises=(NotFound,)),
)
async def get_organisation(
    organisation_id: OrganisationId, person: policy.Person, provider: Provider, session: Session, now: Now
) -> OrganisationView:
    """An organisation, for its legal representatives."""
    found = await representation.read_organisation(session, provider, person.person_id, organisation_id, now)
    return OrganisationView.of(found)


@router.get(
    "/organisations/{organisation_id}/mandates",
    summary="List who may act for an organisation",
    **policy.operation(scopes.MANDATES_READ, raises=(NotFound,)),
)
async def list_organisation_mandates(
    asked: paging.Asked,
    organisation_id: OrganisationId,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
) -> paging.Page[MandateView]:
    """Who acts, acted or may act for an organisation, newest first, for its legal representatives."""
    found = await representation.list_of_organisation(
        session,
        provider,
        person.person_id,
        organisation_id,
        now,
        before=asked.after(UUID),
        limit=asked.rows,
    )
    return asked.page(
        found,
        position=lambda shown: (shown.mandate.id,),
        view=partial(MandateView.of, now=now),
    )
