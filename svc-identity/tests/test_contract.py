"""The committed contract is the code, and every text has its translations."""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from uuid import UUID

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import svc_identity
from hub_core.principal import Assurance, Kind, Role
from hub_service.access import Action, Channel, Result
from hub_service.purpose import Purpose as Stated
from hub_testing import contract, texts
from svc_identity import domain, errors
from svc_identity.domain import data_request, dispute, registration, scopes
from svc_identity.domain.client import Environment, Plan
from svc_identity.domain.client import State as ClientState
from svc_identity.domain.confirmation import Purpose
from svc_identity.domain.mandate import EndCause
from svc_identity.domain.mandate_type import MandateType, PrincipalKind
from svc_identity.domain.means import Change
from svc_identity.domain.official import State
from svc_identity.domain.person import Source
from svc_identity.domain.session import EndReason
from svc_identity.events.access import RecordAccessed
from svc_identity.events.accounts import AccountCreated, EmailConfirmationRequested
from svc_identity.events.applications import ClientChanged
from svc_identity.events.consents import ConsentGranted, ConsentWithdrawn
from svc_identity.events.mandates import MandateActivated, MandateEnded, MandateRequested
from svc_identity.events.means import SecurityChanged
from svc_identity.events.officials import AppointmentChanged
from svc_identity.events.people import PersonDied, PersonMerged, PersonVerified
from svc_identity.events.phones import PhoneConfirmationRequested
from svc_identity.events.privacy import (
    AccessDisputeChanged,
    AccountDeleted,
    DataRequestChanged,
    DeletionReason,
    ExportReady,
)
from svc_identity.events.registrations import (
    RegistrationApproved,
    RegistrationClaimed,
    RegistrationCompleted,
    RegistrationExpired,
    RegistrationRejected,
    RegistrationReturned,
    RegistrationSubmitted,
)
from svc_identity.events.sandbox import SandboxPersonCreated, SandboxPersonRemoved
from svc_identity.events.sessions import TokenRevoked
from svc_identity.main import create_app
from svc_identity.pages import messages
from svc_identity.settings import Settings

FOLDER = Path(__file__).parents[1] / "contract"
PACKAGE = Path(str(svc_identity.__file__)).parent
AN_ID = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
OF_MANDATE = {
    "mandate_id": AN_ID,
    "type": MandateType.DELEGATE,
    "principal_kind": PrincipalKind.PERSON,
    "principal_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    "representative_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
}
EVENTS = (
    EmailConfirmationRequested(confirmation_id=AN_ID, purpose=Purpose.SIGN_UP, version=1),
    PhoneConfirmationRequested(confirmation_id=AN_ID, version=1),
    AccountCreated(person_id=AN_ID, version=2),
    SandboxPersonCreated(person_id=AN_ID, client_id="app-0123456789abcdef", version=1),
    SandboxPersonRemoved(person_id=AN_ID, client_id="app-0123456789abcdef", version=2),
    AppointmentChanged(
        appointment_id=AN_ID,
        person_id=AN_ID,
        institution_id=AN_ID,
        role=Role.CLERK,
        valid_from=date(2026, 11, 22),
        valid_to=date(2028, 11, 21),
        state=State.GRANTED,
        version=1,
    ),
    RecordAccessed(
        line_id=AN_ID,
        actor_id=str(AN_ID),
        actor_kind=Kind.PERSON,
        roles=(Role.CLERK,),
        institution_id=AN_ID,
        on_behalf_of=None,
        mandate_id=None,
        client_id="counter",
        action=Action.READ,
        resource_type="person",
        resource_id=str(AN_ID),
        subject_person_id=AN_ID,
        purpose=Stated.CASE_HANDLING,
        file="123/2026",
        legal_basis="GDPR art. 6(1)(e)",
        channel=Channel.API,
        result=Result.GRANTED,
        request_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73",
        withheld_until=None,
        version=1,
    ),
    AccessDisputeChanged(
        dispute_id=AN_ID,
        person_id=AN_ID,
        institution_id=AN_ID,
        state=dispute.State.ANSWERED,
        outcome=dispute.Outcome.JUSTIFIED,
        due_on=date(2026, 12, 22),
        version=2,
    ),
    DataRequestChanged(
        request_id=AN_ID,
        person_id=AN_ID,
        institution_id=AN_ID,
        kind=data_request.Kind.RECTIFICATION,
        state=data_request.State.RECEIVED,
        due_on=date(2026, 12, 22),
        version=1,
    ),
    ExportReady(
        export_id=AN_ID, person_id=AN_ID, expires_at=datetime(2026, 11, 29, 9, 0, tzinfo=UTC), version=3
    ),
    AccountDeleted(person_id=AN_ID, reason=DeletionReason.ASKED_BY_OWNER, version=3),
    ClientChanged(
        client_id="app-0123456789abcdef",
        state=ClientState.ACTIVE,
        environment=Environment.SANDBOX,
        plan=Plan.SANDBOX,
        scopes=("events:read", "webhooks:write"),
        owner_id=AN_ID,
        version=1,
    ),
    ConsentGranted(
        consent_id=AN_ID,
        person_id=AN_ID,
        client_id="demo-portal",
        scopes=("openid", "petitions:read", "events:read"),
        version=1,
    ),
    ConsentWithdrawn(
        withdrawal_id=AN_ID, consent_id=AN_ID, person_id=AN_ID, client_id="demo-portal", version=1
    ),
    TokenRevoked(session_id=AN_ID, reason=EndReason.SIGNED_OUT, version=1),
    SecurityChanged(person_id=AN_ID, change=Change.PASSKEY_ADDED, version=1),
    MandateRequested(**OF_MANDATE, version=1),
    MandateActivated(**OF_MANDATE, version=2),
    MandateEnded(**OF_MANDATE, cause=EndCause.REVOKED_BY_PRINCIPAL, version=3),
    PersonVerified(
        person_id=AN_ID, level=Assurance.SUBSTANTIAL, source=Source.POPULATION_REGISTER, version=3
    ),
    PersonMerged(person_id=AN_ID, formerly=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"), version=2),
    PersonDied(person_id=AN_ID, version=2),
    *(
        step(registration_id=AN_ID, person_id=AN_ID, institution_id=AN_ID, state=state, version=version)
        for step, state, version in (
            (RegistrationSubmitted, registration.State.SUBMITTED, 1),
            (RegistrationClaimed, registration.State.UNDER_REVIEW, 2),
            (RegistrationReturned, registration.State.NEEDS_COMPLETION, 3),
            (RegistrationCompleted, registration.State.UNDER_REVIEW, 4),
            (RegistrationApproved, registration.State.APPROVED, 5),
            (RegistrationRejected, registration.State.REJECTED, 3),
            (RegistrationExpired, registration.State.EXPIRED, 2),
        )
    ),
)


def test_the_contract_is_the_code() -> None:
    settings = Settings(identity_key=base64.b64encode(bytes(32)).decode())
    contract.check(FOLDER, app=create_app(settings), events=EVENTS)


def needed() -> Iterator[str]:
    """Every English message id of the service."""
    yield from texts.of_templates(PACKAGE / "pages" / "templates")
    yield from (scope.text for scope in scopes.SCOPES.values())
    yield from messages.TEXTS
    for found in iter_modules(domain.__path__):
        yield from getattr(import_module(f"{domain.__name__}.{found.name}"), "TEXTS", ())
    yield from texts.of_problems(errors)


def catalogs(language: str) -> Iterator[Catalog]:
    """Every catalog of a language: one for each capability."""
    for file in sorted((PACKAGE / "locale" / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as opened:
            yield read_po(opened)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_is_translated_and_nothing_else(language: str) -> None:
    translated = [
        (message.id, message.string)
        for catalog in catalogs(language)
        for message in catalog
        if message.id and not message.check(catalog)
    ]
    assert sorted(message for message, _ in translated) == sorted(set(needed()))
    assert all(text for _, text in translated)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_a_translation_keeps_the_placeholders(language: str) -> None:
    for message in (message for catalog in catalogs(language) for message in catalog):
        if message.id:
            for mark in (
                "{seconds}",
                "{state}",
                "{steps}",
                "{most}",
                "%(application)s",
                "%(name)s",
                "%(time)s",
                "%(applications)s",
                "%(left)s",
                "%(provider)s",
                "%(institution)s",
                "%(level)s",
                "%(number)s",
                "{most}",
                "{state}",
                "{open}",
                "%(needed)s",
                "%(reached)s",
                "<strong>",
            ):
                assert (mark in str(message.string)) == (mark in str(message.id)), message.id
