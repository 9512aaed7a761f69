"""What officials can do with their institution's templates: load, decide, store, each in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_service import rules
from hub_service.policy import Official
from hub_service.problems import PreconditionFailed

from .. import rendering
from ..domain import sms_text, templates
from ..domain.channels import Channel, Step
from ..domain.kinds import Lane
from ..domain.messages import Message
from ..domain.sms_text import Limits, Measure
from ..domain.templates import Content, Template, Versions
from ..errors.templates import (
    ChannelNotOfTemplate,
    TemplateExists,
    TemplateNotActive,
    TemplateNotFound,
    TemplateRefused,
)
from ..rendering import Letter, Links, Words
from ..storage import institutions
from ..storage import templates as storage
from . import following

TEST_LIFETIME: Final = timedelta(hours=1)
"""How long a test is worth sending."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A version with its samples, in one language: what each channel would show; none where it does not go.

    `words.language` is the one it is said in: Romanian where there is no wording in the language asked for.
    """

    channels: frozenset[Channel]
    words: Words
    letter: Letter | None
    sms: Measure | None


async def active(session: AsyncSession, institution_id: UUID, key: str) -> Template:
    """The version that an institution sends by now; in the caller's transaction.

    Raises `TemplateNotFound`, `TemplateNotActive`.
    """
    found = await storage.active(session, institution_id, key)
    if found is None:
        known = await storage.versions(session, institution_id, key)
        raise TemplateNotActive if known else TemplateNotFound
    return found


async def find(session: AsyncSession, official: Official, after: str | None, limit: int) -> list[Versions]:
    """At most `limit` templates of the official's institution by key, after a key."""
    async with session.begin():
        return await storage.find(session, official.institution_id, after, limit)


async def read(session: AsyncSession, official: Official, key: str) -> Versions:
    """A template of the official's institution; raises `TemplateNotFound`."""
    async with session.begin():
        return await _versions(session, official, key)


async def read_version(session: AsyncSession, official: Official, key: str, version: int) -> Template:
    """One version; raises `TemplateNotFound`."""
    async with session.begin():
        return await _pinned(session, official, key, version)


async def compare(
    session: AsyncSession, official: Official, key: str, was: int | None, to: int | None
) -> tuple[Template, Template]:
    """Two versions: the newest one and what it was made from, unless others are asked for."""
    async with session.begin():
        newest = (await _versions(session, official, key))[0]
        newer = await _pinned(session, official, key, to or newest.version)
        return await _pinned(session, official, key, was or newer.base or newer.version), newer


async def create(
    session: AsyncSession, official: Official, key: str, content: Content, now: datetime
) -> Versions:
    """A new template with its first draft; raises `TemplateExists`, `TemplateRefused`."""
    async with session.begin():
        await _refuse_flaws(session, content, now)
        made = templates.create(official.institution_id, key, content, official.person_id, now)
        if not await storage.add(session, made):
            raise TemplateExists
        return [made]


async def open_version(
    session: AsyncSession, official: Official, key: str, revision: int, now: datetime
) -> Versions:
    """A new draft from the active version, or from the last one where none is active.

    Raises `TemplateNotFound`, `PreconditionFailed`, `TemplateStepRefused`.
    """
    async with session.begin():
        versions = await _lock(session, official, key, revision)
        draft = templates.open_version(versions, official.person_id, now)
        await storage.add(session, draft)
        return [draft, *versions]


async def revise(
    session: AsyncSession, official: Official, key: str, revision: int, content: Content, now: datetime
) -> Versions:
    """The draft with other content; raises `TemplateRefused` as well."""
    async with session.begin():
        await _refuse_flaws(session, content, now)
        return await _step(
            session,
            official,
            key,
            revision,
            lambda versions: [templates.revise(versions, content, official.person_id, now)],
        )


async def submit(
    session: AsyncSession, official: Official, key: str, revision: int, now: datetime
) -> Versions:
    """Hand the draft in for review."""
    async with session.begin():
        return await _step(
            session,
            official,
            key,
            revision,
            lambda versions: [templates.submit(versions, official.person_id, now)],
        )


async def approve(
    session: AsyncSession, official: Official, key: str, revision: int, now: datetime
) -> Versions:
    """From now on orders send by this version; raises `FourEyes` for whoever wrote or submitted it."""
    async with session.begin():
        return await _step(
            session,
            official,
            key,
            revision,
            lambda versions: templates.approve(versions, official.person_id, now),
        )


async def reject(
    session: AsyncSession, official: Official, key: str, revision: int, reason: str, now: datetime
) -> Versions:
    """Give the version back to who wrote it, with the reason."""
    async with session.begin():
        return await _step(
            session,
            official,
            key,
            revision,
            lambda versions: [templates.reject(versions, reason, official.person_id, now)],
        )


async def retire(
    session: AsyncSession, official: Official, key: str, revision: int, now: datetime
) -> Versions:
    """Nothing more can be ordered by it; what was ordered before is still sent."""
    async with session.begin():
        return await _step(
            session, official, key, revision, lambda versions: [templates.retire(versions, now)]
        )


async def preview(
    session: AsyncSession,
    official: Official,
    key: str,
    version: int,
    language: Language,
    origin: str,
    now: datetime,
) -> Preview:
    """What a version says with its samples; nothing is sent. Raises `TemplateNotFound`."""
    async with session.begin():
        template = await _pinned(session, official, key, version)
        legal = await rules.read(session, *sms_text.RULES)
        names = await institutions.find_institution_names(session, {official.institution_id})
    given = templates.samples(template.content)
    words = rendering.say_own(template, language, given)
    words = replace(words, sms=sms_text.without_marks(words.sms))
    known = names.get(official.institution_id, {})
    sender = known.get(words.language) or known.get(Language.RO, "")
    links = Links(action=origin + (templates.page(template, given) or "/account/overview"))
    return Preview(
        channels=template.channels,
        words=words,
        letter=rendering.letter(words, links, sender) if Channel.EMAIL in template.channels else None,
        sms=sms_text.measure(words.sms, Limits.on(legal, local_date(now)))
        if Channel.SMS in template.channels
        else None,
    )


async def send_test(
    session: AsyncSession, official: Official, key: str, version: int, channel: Channel, now: datetime
) -> Message:
    """Send a version with its samples to the official who asks, by one channel, whatever its state.

    Raises `TemplateNotFound`, `ChannelNotOfTemplate`.
    """
    async with session.begin():
        template = await _pinned(session, official, key, version)
        if channel not in template.channels:
            raise ChannelNotOfTemplate
        test = Message(
            id=ids.new_id(),
            cause_id=ids.new_id(),
            person_id=official.person_id,
            template=key,
            template_version=version,
            variables={
                **templates.samples(template.content),
                "institution_id": str(official.institution_id),
            },
            lane=Lane.NOTICE,
            plan=(Step(channel),),
            queued_at=now,
            expires_at=now + TEST_LIFETIME,
        )
        await following.begin(session, [test], now)
        return test


async def _versions(session: AsyncSession, official: Official, key: str) -> Versions:
    versions = await storage.versions(session, official.institution_id, key)
    if not versions:
        raise TemplateNotFound
    return versions


async def _pinned(session: AsyncSession, official: Official, key: str, version: int) -> Template:
    found = await storage.pinned(session, official.institution_id, key, version)
    if found is None:
        raise TemplateNotFound
    return found


async def _lock(session: AsyncSession, official: Official, key: str, revision: int) -> Versions:
    versions = await storage.versions(session, official.institution_id, key, lock=True)
    if not versions:
        raise TemplateNotFound
    if templates.revision_of(versions) != revision:
        raise PreconditionFailed
    return versions


async def _step(
    session: AsyncSession,
    official: Official,
    key: str,
    revision: int,
    take: Callable[[Versions], list[Template]],
) -> Versions:
    """Take a step with a template and store what it changed; the versions after it."""
    versions = await _lock(session, official, key, revision)
    changed = {each.version: each for each in take(versions)}
    await storage.put(session, list(changed.values()))
    return [changed.get(each.version, each) for each in versions]


async def _refuse_flaws(session: AsyncSession, content: Content, now: datetime) -> None:
    legal, today = await rules.read(session, *sms_text.RULES, templates.PARTS_RULE), local_date(now)
    most_parts = legal.on(templates.PARTS_RULE, today).whole
    flaws = templates.lint(content, Limits.on(legal, today), most_parts)
    if flaws:
        raise TemplateRefused([replace(flaw, pointer=f"/content{flaw.pointer}") for flaw in flaws])
