"""Templates of institutions: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.channels import Channel
from ..domain.kinds import Purpose
from ..domain.messages import Message
from ..domain.templates import (
    PREFIX,
    Content,
    Fact,
    Template,
    TemplateState,
    Variable,
    VariableType,
    Versions,
    Wording,
)
from ..tables.templates import TEMPLATES

_COLUMNS: Final = TEMPLATES.c
_PLAIN: Final = (
    "institution_id",
    "key",
    "version",
    "revision",
    "base",
    "made_by",
    "made_at",
    "changed_at",
    "submitted_by",
    "submitted_at",
    "decided_by",
    "decided_at",
    "returned_for",
    "retired_at",
)


async def add(session: AsyncSession, template: Template) -> bool:
    """Store a new version; false when there is one of its number."""
    stored = await session.scalar(
        insert(TEMPLATES).values(_row(template)).on_conflict_do_nothing().returning(_COLUMNS.version)
    )
    return stored is not None


async def put(session: AsyncSession, changed: Sequence[Template]) -> None:
    """Store changed versions, in this order: one is retired before the next is active."""
    for template in changed:
        await session.execute(
            update(TEMPLATES)
            .where(
                _COLUMNS.institution_id == template.institution_id,
                _COLUMNS.key == template.key,
                _COLUMNS.version == template.version,
            )
            .values(_row(template))
        )


async def versions(session: AsyncSession, institution_id: UUID, key: str, *, lock: bool = False) -> Versions:
    """A template's versions, the newest first; empty when there is none. `lock` for who changes it."""
    of_it = (_COLUMNS.institution_id == institution_id, _COLUMNS.key == key)
    if lock:  # before it is read: a version that somebody else adds meanwhile is then seen
        await session.execute(select(_COLUMNS.version).where(*of_it, _COLUMNS.version == 1).with_for_update())
    rows = await session.execute(select(TEMPLATES).where(*of_it).order_by(_COLUMNS.version.desc()))
    return [_template(row) for row in rows.mappings()]


async def find(session: AsyncSession, institution_id: UUID, after: str | None, limit: int) -> list[Versions]:
    """At most `limit` templates of an institution by key, after a key, each with its versions."""
    keys = select(_COLUMNS.key).where(_COLUMNS.institution_id == institution_id, _COLUMNS.version == 1)
    if after is not None:
        keys = keys.where(_COLUMNS.key > after)
    rows = await session.execute(
        select(TEMPLATES)
        .where(_COLUMNS.institution_id == institution_id)
        .where(_COLUMNS.key.in_(keys.order_by(_COLUMNS.key).limit(limit)))
        .order_by(_COLUMNS.key, _COLUMNS.version.desc())
    )
    found = [_template(row) for row in rows.mappings()]
    return [list(each) for _, each in groupby(found, key=lambda template: template.key)]


async def active(session: AsyncSession, institution_id: UUID, key: str) -> Template | None:
    """The version of a template that orders send by."""
    rows = await session.execute(
        select(TEMPLATES).where(
            _COLUMNS.institution_id == institution_id,
            _COLUMNS.key == key,
            _COLUMNS.state == TemplateState.ACTIVE,
        )
    )
    row = rows.mappings().one_or_none()
    return _template(row) if row else None


async def pinned(session: AsyncSession, institution_id: UUID, key: str, version: int) -> Template | None:
    """One version of a template."""
    rows = await session.execute(
        select(TEMPLATES).where(
            _COLUMNS.institution_id == institution_id, _COLUMNS.key == key, _COLUMNS.version == version
        )
    )
    row = rows.mappings().one_or_none()
    return _template(row) if row else None


async def pinned_by(session: AsyncSession, messages: Sequence[Message]) -> Mapping[UUID, Template]:
    """The version that each message of an institution's template is written by, by the message's id."""
    wanted = {
        message.id: (message.institution_id, message.template, message.template_version)
        for message in messages
        if message.template.startswith(PREFIX)
    }
    if not wanted:
        return {}
    query = select(TEMPLATES).where(
        tuple_(_COLUMNS.institution_id, _COLUMNS.key, _COLUMNS.version).in_(set(wanted.values()))
    )
    found = {
        (row["institution_id"], row["key"], row["version"]): _template(row)
        for row in (await session.execute(query)).mappings()
    }
    return {message_id: found[named] for message_id, named in wanted.items() if named in found}


def _template(row: RowMapping) -> Template:
    return Template(
        **{name: row[name] for name in _PLAIN},
        state=TemplateState(row["state"]),
        content=_content(row["content"]),
        writers=frozenset(row["writers"]),
    )


def _content(held: Mapping[str, Any]) -> Content:
    return Content(
        purpose=Purpose(held["purpose"]),
        names={Language(language): name for language, name in held["names"].items()},
        channels=frozenset(map(Channel, held["channels"])),
        variables=tuple(
            Variable(**each | {"type": VariableType(each["type"])}) for each in held["variables"]
        ),
        wording={Language(language): _wording(words) for language, words in held["wording"].items()},
        link=held["link"],
    )


def _wording(held: Mapping[str, Any]) -> Wording:
    facts = tuple(Fact(**fact) for fact in held["facts"])
    return Wording(**{**held, "facts": facts, "next": tuple(held["next"])})


def _row(template: Template) -> dict[str, Any]:
    content = template.content
    return {
        **{name: getattr(template, name) for name in _PLAIN},
        "state": template.state,
        "writers": sorted(template.writers),
        "content": asdict(content) | {"channels": sorted(content.channels)},
    }
