"""Making clients and people known without their doing: for demo data and tests."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.principal import Assurance
from hub_events import outbox

from ..domain import account as accounts
from ..domain.account import Account
from ..domain.client import Client
from ..domain.official import Appointment, Institution
from ..domain.population import RegisteredPerson
from ..events.accounts import AccountCreated
from ..events.officials import AppointmentChanged
from ..provider import Provider
from ..storage import accounts as storage
from ..storage import applications, clients, officials
from . import proofing
from .accounts import SignUp


async def put_client(session: AsyncSession, client: Client) -> None:
    """Store a client, new or changed; `ValueError` when a person has registered one of this id.

    Whether it is stopped, and by which plan it is limited, stays as it was decided.
    """
    async with session.begin():
        held = await applications.lock(session, client.id)
        if held is not None and held.owner_id is not None:
            raise ValueError(f"{client.id}: this application belongs to a person")
        if held is not None:
            client = replace(client, state=held.state, plan=held.plan, version=held.version + 1)
        await clients.put(session, client)


async def put_person(
    session: AsyncSession,
    provider: Provider,
    person: SignUp,
    now: datetime,
    assurance: Assurance = Assurance.LOW,
    person_id: UUID | None = None,
) -> Account:
    """An account whose address counts as confirmed; the one that is there already stays as it is.

    `person_id` is the id of a new one, where others have to know it beforehand.
    """
    async with session.begin():
        known = await storage.by_email(session, person.email.key)
    if known is not None:
        return known
    password_hash = await provider.passwords.hash(person.password)
    started = accounts.start(person_id or ids.new_id(), person.email, person.profile, password_hash, now)
    async with session.begin():
        await storage.lock_email(session, person.email.key)
        known = await storage.by_email(session, person.email.key)
        if known is not None:
            return known
        created = replace(accounts.confirm(started, now), assurance=assurance)
        await storage.add(session, created)
        await outbox.record(session, AccountCreated.of(created), now)
    return created


async def put_identity(
    session: AsyncSession, provider: Provider, account: Account, entry: RegisteredPerson, now: datetime
) -> None:
    """Validate an account as the person of a register's entry; one that is validated stays as it is."""
    async with session.begin():
        if account.assurance is Assurance.LOW:
            await proofing.validate(session, provider, account.id, entry, now)


async def put_institution(session: AsyncSession, institution: Institution) -> None:
    """Our copy of an institution, until the catalog tells a newer version."""
    async with session.begin():
        await officials.copy_institution(session, institution)


async def put_official(session: AsyncSession, appointment: Appointment) -> None:
    """An appointment; one to the same role on the same days stays as it is."""
    async with session.begin():
        if not await officials.overlaps(session, appointment):
            await officials.add(session, appointment)
            await outbox.record(session, AppointmentChanged.of(appointment), appointment.granted_at)
