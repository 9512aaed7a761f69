"""Questions between services: not routed by the gateway, not in the contract."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.problems import MalformedRequest

from ..dependencies import (
    Gateway,
    Provider,
    Service,
    provider_of,
    require_gateway,
    service_of,
    session_of,
)
from ..domain.signing_key import Use
from ..operations import accounts, applications, contacts, form_data, identity_checks, phones, tokens
from ..schemas.applications import UsageReport
from ..schemas.internal import (
    ApplicantView,
    AskContacts,
    CivilIdentityView,
    ContactsView,
    ContactView,
    EmailConfirmationView,
    InternalTokenView,
    MandateAnswerView,
    NameView,
    PhoneConfirmationView,
    PrincipalView,
    ResolveToken,
)

CONTACT: Final = "identity.contact:read"
FORM_DATA: Final = "identity.form-data:read"
IDENTITY: Final = "identity.identity:read"
MANDATES: Final = "identity.mandates:read"
NAMES: Final = "identity.names:read"

router = APIRouter(prefix="/internal/v1", redirect_slashes=False)


@router.get("/jwks", include_in_schema=False)
async def get_internal_keys(provider: Provider, now: Now) -> dict[str, Any]:
    """The public keys of internal tokens (RFC 7517)."""
    return provider.key_ring.published(Use.INTERNAL_TOKEN, now)


@router.post("/tokens/resolve", include_in_schema=False)
async def resolve_token(request: Request) -> Response:
    """The internal token of an access token, for the gateway; a lean route."""
    now = clock.now()
    provider = await provider_of(request, now)
    await require_gateway(await service_of(request, provider))
    try:
        body = ResolveToken.model_validate_json(await request.body())
    except ValidationError as error:
        raise MalformedRequest from error
    given = await tokens.resolve(session_of(request), provider, body.token, now)
    return Response(InternalTokenView.of(given).model_dump_json(), media_type="application/json")


@router.post("/usage", status_code=204, include_in_schema=False, dependencies=[Gateway])
async def report_usage(body: UsageReport, session: Session, now: Now) -> Response:
    """What a gateway has counted; the same report again changes nothing."""
    counts = [one.count() for one in body.counts]
    await applications.report_usage(session, body.replica, body.sequence, counts, body.conduct(), now)
    return Response(status_code=204)


@router.post("/tokens", include_in_schema=False)
async def issue_service_token(service: Service, provider: Provider, now: Now) -> InternalTokenView:
    """The calling service's own internal token."""
    known = provider.settings.identity_services[service]
    return InternalTokenView.of(tokens.issue_service_token(provider, service, known.scopes, now))


@router.get("/people/{person_id}/contact", **policy.internal(CONTACT))
async def get_contact(person_id: UUID, provider: Provider, session: Session) -> ContactView:
    """Where messages to a person go."""
    return ContactView.of(await contacts.read(session, provider, person_id))


@router.post("/contacts", **policy.internal(CONTACT))
async def list_contacts(body: AskContacts, provider: Provider, session: Session) -> ContactsView:
    """The same of many people; who has no open account is missing."""
    return ContactsView.of(await contacts.list_open(session, provider, body.people))


@router.get("/email-confirmations/{confirmation_id}", **policy.internal(CONTACT))
async def get_email_confirmation(
    confirmation_id: UUID, provider: Provider, session: Session, now: Now
) -> EmailConfirmationView:
    """What the e-mail with a code needs, while the code is good."""
    return EmailConfirmationView.of(await accounts.email_to_send(session, provider, confirmation_id, now))


@router.get("/phone-confirmations/{confirmation_id}", **policy.internal(CONTACT))
async def get_phone_confirmation(
    confirmation_id: UUID, provider: Provider, session: Session, now: Now
) -> PhoneConfirmationView:
    """What the text message with a code needs, while the code is good."""
    return PhoneConfirmationView.of(await phones.code_to_send(session, provider, confirmation_id, now))


@router.get("/people/{person_id}/form-data", **policy.internal(FORM_DATA))
async def get_form_data(person_id: UUID, session: Session) -> ApplicantView:
    """What a form asks of a person who fills it in for themselves."""
    return ApplicantView.of(await form_data.of_applicant(session, person_id))


@router.get("/principals/{principal_id}/form-data", **policy.internal(FORM_DATA))
async def get_principal_form_data(principal_id: UUID, session: Session) -> PrincipalView:
    """What a form asks of whom somebody acts for, and the representative knows already."""
    return PrincipalView.of(await form_data.of_principal(session, principal_id))


@router.get("/principals/{principal_id}/name", **policy.internal(NAMES))
async def get_name(principal_id: UUID, session: Session) -> NameView:
    """What somebody is called, for a document that is addressed to them or that they sign."""
    return NameView(name=await form_data.name_of(session, principal_id))


@router.get("/people/{person_id}/identity", **policy.internal(IDENTITY))
async def get_identity(person_id: UUID, provider: Provider, session: Session, now: Now) -> CivilIdentityView:
    """Who a person is, with their number, for services that act on their record in a register."""
    return CivilIdentityView.of(await identity_checks.civil_identity(session, provider, person_id, now))


@router.get("/mandates/{mandate_id}/check", **policy.internal(MANDATES))
async def check_mandate(
    mandate_id: UUID,
    person_id: UUID,
    scope: Annotated[str, Query(max_length=64)],
    provider: Provider,
    session: Session,
    now: Now,
    purpose: Annotated[tuple[Annotated[str, Query(max_length=200)], ...], Query(max_length=10)] = (),
) -> MandateAnswerView:
    """Whether a person may use a service under a mandate now; `purpose` may come in several wordings."""
    return MandateAnswerView.of(
        await identity_checks.mandate_answer(session, provider, mandate_id, person_id, scope, purpose, now)
    )
