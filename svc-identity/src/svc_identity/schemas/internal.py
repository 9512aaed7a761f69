"""Bodies of the questions between services."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final, Self

from pydantic import Field

from hub_core.language import Language
from hub_service import schemas

from ..domain.contact import Contact
from ..domain.mandate_guard import Obstacle
from ..domain.mandate_type import MandateType, PrincipalKind
from ..operations.accounts import EmailToSend
from ..operations.form_data import Applicant, Principal
from ..operations.identity_checks import CivilIdentity, MandateAnswer
from ..operations.phones import CodeToSend
from ..operations.tokens import InternalToken

_CONTACTS_MOST: Final = 500


class ResolveToken(schemas.Resource):
    """The access token that came to the gateway."""

    token: Annotated[str, Field(max_length=8_192)]


class InternalTokenView(schemas.Resource):
    """An internal token; `session_id` is null for a service's own.

    `jkt` is the thumbprint of the key that the access token is bound to, null for a bearer token.
    """

    internal_token: str
    expires_at: schemas.Instant
    session_id: schemas.Id | None = None
    jkt: str | None = None

    @classmethod
    def of(cls, token: InternalToken) -> Self:
        """The view of a token just signed."""
        return cls(
            internal_token=token.text,
            expires_at=token.expires_at,
            session_id=token.session_id,
            jkt=token.jkt,
        )


class ContactView(schemas.Resource):
    """Where messages to a person go, and in which language; `phone` is E.164, and confirmed."""

    person_id: schemas.Id
    email: str
    language: Language
    phone: str | None

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The view of an account for those who write to it."""
        return cls.model_validate(contact, from_attributes=True)


class AskContacts(schemas.Resource):
    """Whom messages are to go to."""

    people: Annotated[list[schemas.Id], Field(max_length=_CONTACTS_MOST)]


class ContactsView(schemas.Resource):
    """Where messages to several people go, in no order."""

    contacts: list[ContactView]

    @classmethod
    def of(cls, contacts: Iterable[Contact]) -> Self:
        """The view of several contacts."""
        return cls(contacts=[ContactView.of(contact) for contact in contacts])


class EmailConfirmationView(schemas.Resource):
    """What the confirmation e-mail needs."""

    confirmation_id: schemas.Id
    email: str
    language: Language
    code: str
    expires_at: schemas.Instant

    @classmethod
    def of(cls, wanted: EmailToSend) -> Self:
        """The view of an e-mail to be sent."""
        return cls(
            confirmation_id=wanted.confirmation.id,
            email=wanted.email,
            language=wanted.language,
            code=wanted.code,
            expires_at=wanted.confirmation.expires_at,
        )


class PhoneConfirmationView(schemas.Resource):
    """What the text message with a code needs; `phone` is E.164."""

    confirmation_id: schemas.Id
    phone: str
    language: Language
    code: str
    expires_at: schemas.Instant

    @classmethod
    def of(cls, wanted: CodeToSend) -> Self:
        """The view of a text message to be sent."""
        return cls(
            confirmation_id=wanted.confirmation.id,
            phone=wanted.confirmation.number,
            language=wanted.language,
            code=wanted.code,
            expires_at=wanted.confirmation.expires_at,
        )


class ApplicantView(schemas.Resource):
    """What a form asks of a person who fills it in for themselves; never a personal number."""

    given_name: str
    family_name: str
    birth_date: date | None
    email: str
    language: Language

    @classmethod
    def of(cls, applicant: Applicant) -> Self:
        """The view of an applicant."""
        return cls.model_validate(applicant, from_attributes=True)


class PrincipalView(schemas.Resource):
    """What a form asks of whom somebody acts for: names, or name and CUI of an organisation."""

    given_name: str | None
    family_name: str | None
    organisation_name: str | None
    organisation_cui: str | None

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """The view of a principal."""
        return cls.model_validate(principal, from_attributes=True)


class NameView(schemas.Resource):
    """What a person or an organisation is called, and nothing else."""

    name: str


class CivilIdentityView(schemas.Resource):
    """A person by the population register, with the number itself: for registers of the state only."""

    person_id: schemas.Id
    cnp: str | None
    family_name: str
    given_name: str
    birth_date: date
    died_on: date | None
    is_romanian: bool

    @classmethod
    def of(cls, identity: CivilIdentity) -> Self:
        """The view of an identity."""
        return cls(
            person_id=identity.id,
            cnp=identity.cnp.number if identity.cnp else None,
            family_name=identity.family_name,
            given_name=identity.given_name,
            birth_date=identity.birth_date,
            died_on=identity.died_on,
            is_romanian=identity.is_romanian,
        )


class MandateAnswerView(schemas.Resource):
    """Whether a mandate carries an act, and who its principal is; of an organisation name and CUI."""

    carries: bool
    obstacle: Obstacle | None
    type: MandateType
    principal_kind: PrincipalKind
    principal_id: schemas.Id | None
    organisation_name: str | None
    organisation_cui: str | None

    @classmethod
    def of(cls, answer: MandateAnswer) -> Self:
        """The view of an answer."""
        return cls(
            carries=answer.obstacle is None,
            obstacle=answer.obstacle,
            type=answer.mandate.type,
            principal_kind=answer.mandate.principal_kind,
            principal_id=answer.mandate.principal_id,
            organisation_name=answer.organisation.name if answer.organisation else None,
            organisation_cui=answer.organisation.cui if answer.organisation else None,
        )
