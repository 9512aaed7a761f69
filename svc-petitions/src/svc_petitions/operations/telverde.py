"""The operator of the free telephone line: how a petition stands, after a check, seen by its petitioner."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import email_codes, ids
from hub_core.clock import local_date
from hub_core.tries import Try
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import codes
from ..domain import petitions as domain
from ..domain.petitioners import Account, Identity
from ..domain.states import ENDED
from ..domain.tries import Counted
from ..errors.status import StatusNotFound
from ..events.access import RecordAccessed
from ..keys import MasterKey
from ..storage import petitioners
from ..storage import petitions as storage
from . import tries
from .entries import LEGAL_BASIS
from .registering import status_code
from .status import Asked

DISCLAIMER: Final = (
    "What is said on the telephone informs and decides nothing. The answer comes in writing, from the "
    "institution that has the petition."
)


@dataclass(frozen=True, slots=True, repr=False)
class LookUp:
    """How a petition stands, as an operator may say it."""

    petition: domain.Summary
    is_overdue: bool


async def look_up(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    asked: Asked,
    email: str | None,
    purpose: Stated,
    now: datetime,
) -> LookUp:
    """How a petition of any institution stands, if the caller answers the check: the code, or the address.

    `email` is the one that a petitioner without an account gave; it stands for the code of a lost slip.
    Whose petition it is reads in their log that it was looked up. `StatusNotFound` for every wrong answer,
    `TriedTooOften`.
    """
    counted = [
        Try(Counted.STATUS_OF_OPERATOR, str(official.person_id)),
        Try(Counted.STATUS_OF_NUMBER, f"{asked.institution_id}:{asked.year}:{asked.number}"),
    ]
    await tries.take(apart, key, counted, now)
    async with session.begin():
        legal = await rules.read(session, codes.LENGTH_RULE)
        found = await storage.by_number(session, asked.institution_id, asked.year, asked.number)
        signed = await petitioners.of_petition(session, key, found.id) if found else []
        length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
        right = status_code(key, found.id if found else ids.new_id(), length)
        has_code = hmac.compare_digest(right.encode(), codes.read(asked.code).encode())
        given = {
            email_codes.normal(one.petitioner.email)
            for one in signed
            if isinstance(one.petitioner, Identity) and one.petitioner.email
        }
        has_address = email is not None and email_codes.normal(email) in given
        if found is None or not (has_code or has_address):
            raise StatusNotFound
        for one in signed:
            if isinstance(one.petitioner, Account):
                line = access.line(
                    official.principal,
                    action=Action.READ,
                    resource_type="petition",
                    resource_id=found.id,
                    subject_person_id=one.petitioner.person_id,
                    purpose=purpose,
                    legal_basis=LEGAL_BASIS,
                )
                await outbox.record(session, RecordAccessed.of(line), now)
    return LookUp(found, _is_overdue(found, local_date(now)))


def _is_overdue(petition: domain.Summary, today: date) -> bool:
    return petition.state not in ENDED and today > petition.registration.answer_due_on
