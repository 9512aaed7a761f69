"""A driver contests a report by a petition; the number comes in the same answer, and if not, soon after.

The contest is stored for good before svc-petitions is asked, and its id is the petition's: who was killed
in between leaves something that is asked for again, and that gives the same petition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_core.rules import Rules
from hub_documents.render import Unprintable
from hub_service import rules

from .. import clients
from ..clients import PetitionFiled
from ..documents import extracts
from ..documents.press import Press
from ..domain import contests as domain
from ..domain import fines, proces_verbale
from ..domain.contests import Contest, Registered, Words
from ..domain.drivers import Driver
from ..domain.proces_verbale import Line
from ..errors.contests import ContestLineNotFound, LineContested
from ..errors.documents import TrafficSealAway
from ..storage import contests as storage
from ..storage import drivers, ledger
from .means import Means

RULES: Final = fines.RULES
_SOME: Final = 20
_log = structlog.get_logger("contests")


@dataclass(frozen=True, slots=True)
class Contested:
    """A contest with the line that it is about, whose terms run on."""

    contest: Contest
    line: Line


async def contest(
    session: AsyncSession,
    means: Means,
    press: Press,
    caller: Principal,
    line_id: UUID,
    words: Words,
    now: datetime,
) -> Contested:
    """Contest a report of the caller. The same words again give the same contest.

    `session` is one of its own: what is stored stays, whatever becomes of the request. While svc-petitions
    or the seal is away the petition has no number yet. `ContestLineNotFound`, `LineContested`.
    """
    if caller.is_sandbox:  # nobody's record is in the sandbox
        raise ContestLineNotFound
    digest = storage.digest_of(means.key, words)
    async with session.begin():
        legal = await rules.read(session, *RULES)
        known = await drivers.of_person(session, means.key, caller.person_id)
        driver = await drivers.lock(session, means.key, known.id) if known else None
        line, _ = await _line(session, driver, line_id, now, legal) if driver else (None, {})
        if driver is None or line is None:
            raise ContestLineNotFound
        made = await storage.of_line(session, means.key, line_id)
        if made is None:
            made = Contest(
                id=ids.new_id(),
                driver_id=driver.id,
                person_id=caller.person_id,
                proces_verbal_id=line_id,
                digest=digest,
                words=words,
                made_at=now,
            )
            await storage.add(session, means.key, made)
        elif made.digest != digest:
            raise LineContested(number=made.petition.number if made.petition else "-")
    return Contested(await _file(session, means, press, made, now), line)


async def file_waiting(session: AsyncSession, means: Means, press: Press, now: datetime) -> int:
    """File the petitions of some contests that have none yet; how many now have one."""
    async with session.begin():
        waiting = await storage.take_waiting(session, means.key, now, _SOME)
    filed = [await _file(session, means, press, each, now) for each in waiting]
    return sum(each.petition is not None for each in filed)


async def end(session: AsyncSession, petition_id: UUID, at: datetime) -> None:
    """A petition has ended; the report may be contested again."""
    async with session.begin():
        await storage.end(session, petition_id, at)


async def _file(session: AsyncSession, means: Means, press: Press, made: Contest, now: datetime) -> Contest:
    words = made.words
    if made.petition is not None or words is None:
        return made
    async with session.begin():
        legal = await rules.read(session, *RULES)
        driver = await drivers.find(session, means.key, made.driver_id)
        report = await ledger.report(session, made.proces_verbal_id)
        if driver is None or report is None:
            raise LookupError("a contest of a report that is not there")
        line, articles = await _line(session, driver, made.proces_verbal_id, now, legal)
    files = {}
    if line is not None:
        try:
            extract = await extracts.make(press, made.id, driver, line, articles, now)
        except TrafficSealAway:
            return made
        except Unprintable:  # letters of a name that no font has: the petition itself says what it is about
            _log.warning("extract not printable")
        else:
            files[extracts.NAME] = extract.content
    petition = PetitionFiled(
        id=made.id,
        person_id=made.person_id,
        institution_id=report.institution_id,
        institution_code=domain.GENERAL_INSPECTORATE,
        subject=domain.subject_of(report, words.language),
        text=domain.text_of(words),
        language=words.language,
        files=files,
    )
    registered = await clients.file_petition(means.petitions, petition)
    if registered is None:
        return made
    async with session.begin():
        await storage.register(session, made.id, registered)
    return _with(made, registered)


def _with(made: Contest, registered: Registered) -> Contest:
    return replace(made, petition=registered, words=None)


async def _line(
    session: AsyncSession, driver: Driver, line_id: UUID, now: datetime, legal: Rules
) -> tuple[Line | None, Mapping[UUID, str]]:
    """A line of a driver's record, with what was applied; none where it is not in it (any more)."""
    held = await ledger.of_driver(session, driver.id)
    lines = proces_verbale.lines(held.reports, held.entries, local_date(now), legal)
    return next((each for each in lines if each.proces_verbal.id == line_id), None), held.articles
